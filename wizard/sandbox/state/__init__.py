"""What the two simulated services hold: accounts, workspaces and access policies."""
