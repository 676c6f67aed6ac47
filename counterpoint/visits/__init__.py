"""Visits 客户到访: one customer's time with the bank, from the door to the last back-office step.

Nouns: visit, serving, draft, note, hand-off, help call, pre-work pass; case, team, task.
"""
