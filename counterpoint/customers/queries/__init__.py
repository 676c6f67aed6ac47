"""Reads of the customers, as views from ``data``."""
