"""The ledger 总账: accounts, entries, holds, and the engine that posts in groups.

Nouns: account 账户, entry 分录, leg, hold 冻结, agreement 合约, statement 对账单.
Verbs: post 记账, open and close an account, place and release a hold, reverse 抹账/冲正, accrue 计提.
An entry is an event row of the kit; legs are filed by account. Balances are never typed in: they
are the sums of the legs.
"""
