"""A run from plan to commit."""
