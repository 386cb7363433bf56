"""The learned judge: what it is made of, and its word on lines."""
