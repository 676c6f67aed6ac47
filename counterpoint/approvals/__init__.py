"""The second person 授权: who allowed what, bound to the exact payload.

Nouns: approval, use. Verb: grant; and the effect ``approval.use``, which consumes an approval once,
in the same batch as the posting that it allows.
"""
