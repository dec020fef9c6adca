"""Audiences in the simulated Segment: reading them, computing them, counting them, and attaching destinations."""
