"""The line-by-line interface: the walk as numbered questions and printed lines, for screen readers and dumb terminals.

It renders what `wizard.flow` declares, as `wizard.ui` does; no rule of the walk lives here. Nothing is repainted, and
color, position or a glyph alone never carries a meaning.
"""
