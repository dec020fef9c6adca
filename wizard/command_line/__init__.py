"""What a user typed: the commands with their options (docs/reference.md#commands), and what they set for a run."""
