"""Feedback 问题与建议, 投诉: what goes wrong at the counter reaches somebody who mends it, and comes back.

Nouns: item (problem or idea), department, post, vote, follower, closure; complaint,
concerned person, compensation.
Verbs: report, triage, route, question, reply, plan, answer, rate, reopen, merge, vote, close; for a
complaint register, take, name, extend, answer, close, withdraw; for its compensation propose, pay,
withdraw.
"""
