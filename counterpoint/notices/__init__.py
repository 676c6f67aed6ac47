"""Notices 通知与制度: policies, products, procedures and alerts that everybody at the counter has to know.

Nouns: notice, version, audience, recipient, acknowledgement, question, reminder, bar.
Verbs: draft, submit, publish, return, withdraw, acknowledge, override, remind.
Until a version is acknowledged, the operations that it governs are barred for that recipient
(``people.check_operation``).
"""
