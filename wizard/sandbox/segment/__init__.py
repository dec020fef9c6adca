"""The simulated Twilio Segment: what it knows, its Public API, and what its Engage sends to destinations."""
