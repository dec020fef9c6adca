"""What is raised when two runs want one profile. Apart, so that a face can name it without loading the rest."""


class Busy(Exception):
    """Another run is using this profile."""
