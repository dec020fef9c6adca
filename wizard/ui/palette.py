"""The dark colours by name, for whatever draws before textual is loaded and for the theme alike."""

BACKGROUND = "#12161b"
FOREGROUND = "#d9dfe6"
HAIRLINE = "#3a444f"
MUTED = "#95a1ae"
