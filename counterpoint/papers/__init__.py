"""Papers 凭证影像: files that belong to the work, kept as they came, bounded, hashed and looked after.

Nouns: paper, look. Verbs: keep, open, discard.
"""
