"""The lobby 大堂: the right customer at the right desk, and a promise that holds.

Nouns: service, ticket, period, routing policy, promise, appointment, display, rating.
"""
