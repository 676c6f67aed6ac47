"""The house tests: what imports cannot show, so that no rule lives in a document alone."""
