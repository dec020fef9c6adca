"""A simulated LaunchDarkly and Twilio Segment, as strict as the services: for trying, testing and training.

The sandbox knows nothing of the rest of the wizard but its clock and its text cleaning.
"""
