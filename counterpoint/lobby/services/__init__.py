"""The verbs and reads of the lobby, for every room above."""
