"""The simulated Twilio Segment: its state, its Public API, and what Engage sends to destinations."""
