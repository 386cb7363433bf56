"""Which documents may be alike, and how alike they are."""
