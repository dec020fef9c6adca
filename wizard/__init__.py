"""Audience Wizard: makes a Twilio Segment Audience appear as a segment in LaunchDarkly."""

__version__ = "0.1.0"
