"""The simulated LaunchDarkly: its state, its permissions, and its REST API."""
