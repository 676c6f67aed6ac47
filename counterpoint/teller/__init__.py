"""Transactions at the counter 柜面交易.

Nouns: operation (a four-digit code), quote, receipt, pay-out, loss report. Verbs: quote, confirm,
cancel a quote, pay out, reprint. A quote says what would happen; a confirmation checks everything
again and posts one entry, in which money, notes, approval and receipt number move together.
"""
