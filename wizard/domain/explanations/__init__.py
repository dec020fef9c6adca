"""What a failed call means, as tables: one for what never reached a service, and one for each service."""
