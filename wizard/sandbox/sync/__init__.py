"""The sync: the events that Engage sends, and what the destination's code does with them, in the world's time."""
