"""Which documents are not kept."""
