"""Papers 凭证影像: files that belong to the work, kept as they came, bounded, hashed and looked after.

Nouns: paper (its bytes, its previews), look, discard. Verbs: keep, look, discard.
The rooms above hold links (ids of papers) and say who may see one; this room never knows who uses it.
"""
