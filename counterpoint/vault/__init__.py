"""Boxes 尾箱, the notes and coins in them, and who holds them.

Nouns: box, stock (how many of each face), custody. Verbs: make, claim, release; and the effect
``vault.faces``, by which notes move in the same batch as the money they are.
"""
