"""The simulated Twilio Segment: its Public API, and what Engage sends to destinations."""
