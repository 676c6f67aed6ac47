"""The demo: one bank, two branches, told as data; and the import of a real bank's books.

It uses the rooms as any room above them would: through their services.
"""
