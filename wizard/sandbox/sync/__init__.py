"""What Engage sends and what the destination's code does with it, on the world's own time."""
