"""Audience Wizard: sync Twilio Segment Audiences to LaunchDarkly segments."""

__version__ = "0.1.0"
