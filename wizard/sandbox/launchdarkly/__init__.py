"""The simulated LaunchDarkly: what it knows, who may see and change it, and its REST API."""
