"""A simulated LaunchDarkly and Twilio Segment, as strict as the services: for trying, testing and training.

The sandbox knows nothing of the rest of the wizard but its clock and its text cleaning.
"""

from wizard.sandbox.app import Sandbox
from wizard.sandbox.journal import Breach, Recorded
from wizard.sandbox.scenarios import SCENARIOS, Credentials, Scenario

__all__ = ["SCENARIOS", "Breach", "Credentials", "Recorded", "Sandbox", "Scenario"]
