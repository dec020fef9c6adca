"""The dark colours by name, for the early frame and the theme."""

BACKGROUND = "#12161b"
FOREGROUND = "#d9dfe6"
HAIRLINE = "#3a444f"
MUTED = "#95a1ae"
