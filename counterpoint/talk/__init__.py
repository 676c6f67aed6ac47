"""Talk 消息: what people at the counters say to one another, and beside which piece of work.

Nouns: channel (direct, group, branch, thread on a visit, case, approval request or notice), stay of a
member, message, wording, mention, reaction, read mark, hold.
Verbs: open, rename, add, leave, remove; send, edit, withdraw, react, unmask; classify, hold, release, purge.
"""
