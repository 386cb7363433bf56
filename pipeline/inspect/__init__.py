"""What a corpus holds, and whether it holds what it promises."""
