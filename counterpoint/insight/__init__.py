"""Insight 分析: what the branch's own records say, and the branch twin 网点孪生 that answers "what if".

Nouns: model, replication, policy, replay, staffing plan.
"""
