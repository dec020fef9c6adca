"""Questions with a file of their own: several parts of the flow ask them, or go by their answers."""
