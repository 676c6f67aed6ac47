"""The bank's shape and its rules 机构与规则.

Nouns: unit (bank 总行, region 区域, branch 网点), desk 柜台, desk claim 上柜, calendar day 节假日,
business day 营业日, rule table 规则表, rule version 规则版本.

Verbs: add a unit or a desk, claim and release a desk, open and close a branch's day, change the
calendar, draft, approve, refuse and retire a rule, load the shipped rules.
"""
