"""What a page or a plain text says of itself, and its main text."""
