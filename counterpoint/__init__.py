"""Counterpoint 柜协: the working system of a bank's counters."""

__version__ = "0.1.0"
