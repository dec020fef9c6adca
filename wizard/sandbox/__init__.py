"""A simulated LaunchDarkly and Twilio Segment, as strict as the services, for trying, testing and training.

The sandbox uses nothing of the rest of the wizard except its clock and its text cleaning.
"""
