"""Tests of the whole: the house, races, and the stories in the browser."""
