"""What texts are compared by."""
