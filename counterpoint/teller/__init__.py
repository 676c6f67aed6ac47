"""Room teller."""
