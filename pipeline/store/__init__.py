"""A corpus on disk."""
