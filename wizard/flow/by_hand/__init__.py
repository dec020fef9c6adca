"""The steps that a person does in the vendors' web apps: declared here, drawn by each interface.

`hand_steps` says what is to be done, `Coach` keeps where a person is and sees for itself what is done.
"""

from wizard.flow.by_hand.coach import Coach, HandLook
from wizard.flow.by_hand.step import HandStep, HandValue, Tick, TickState
from wizard.flow.by_hand.steps import hand_steps

__all__ = ["Coach", "HandLook", "HandStep", "HandValue", "Tick", "TickState", "hand_steps"]
