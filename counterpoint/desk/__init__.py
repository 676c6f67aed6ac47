"""The desk 柜台工作台: the live screens of the teller and of the branch. It owns no tables.

Nouns: the column (the visit that is served, what waits, who is next), my day, the board.
It composes the rooms below and changes nothing itself but what the login session remembers.
"""
