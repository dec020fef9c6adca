"""The steps that a person does in the vendors' web apps: declared here, drawn by each interface.

`hand_steps` says what is to be done, `Coach` keeps where a person is and sees for itself what is done.
"""
