"""Room org."""
