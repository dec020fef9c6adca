"""What Engage sends, and what the destination's code does with it, in the world's time."""
