"""The wire formats in which customers reach the orchestrator: one file each, over the same inbox, runtime and events."""
