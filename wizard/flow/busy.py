"""The error for a profile that is already in use. In its own file, so that importing it loads nothing else."""


class Busy(Exception):
    """Another run is using this profile."""
