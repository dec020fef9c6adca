"""The steps that a person does in the vendors' web apps: declared here, drawn by each interface.

`hand_steps` returns what to do. `Coach` tracks which step a person is at, and reads Segment to see what is done.
"""
