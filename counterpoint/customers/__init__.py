"""Customers 客户: who the bank serves, how they are known, and how they are found again.

Nouns: party 当事人 (natural or legal), identity number 证件号码, document 证件, contact 联系方式,
account link 账户关系, mandate 支取授权. Verbs: register, search, unmask, change a contact, add a
document, link and unlink an account, grant and revoke a mandate, set a risk level.

Names and numbers are masked unless a purpose is given, and giving one is an event.
"""
