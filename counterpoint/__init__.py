"""Counterpoint 柜协: the working system of a bank's counters."""
