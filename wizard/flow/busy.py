"""The error of two runs that want one profile. It has a file of its own, so that naming it loads nothing else."""


class Busy(Exception):
    """Another run is using this profile."""
