"""The command line: the commands with their options (docs/reference.md#commands), and the settings of a run."""
