"""Folding and tokens."""
