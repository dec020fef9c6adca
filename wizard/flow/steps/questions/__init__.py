"""Questions with a file of their own, because several parts of the flow ask them or use their answers."""
