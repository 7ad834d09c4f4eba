"""The nodes of a turn, one per file."""
