"""Reference data that ships: which role has which duties, what may not be in one hand.

Rows in the database decide; these lines only fill an empty table (``ensure_reference``). A bank
edits the rows. Every line carries its source; "unverified" says that nobody has checked the
official text.
"""

from __future__ import annotations

from datetime import date

from counterpoint.people.data import Duty, Role

D, R = Duty, Role

SINCE = date(2020, 1, 1)
POSTS = "示范岗位职责表 / demo table of posts (unverified)"
SEGREGATION = "商业银行内部控制指引, 不相容岗位分离 / internal control guideline, segregation (unverified)"
COUNTERFEIT = "反假货币业务培训要求 / training against counterfeit notes (unverified)"

ROLE_DUTIES: dict[Role, tuple[Duty, ...]] = {
    R.TELLER: (
        D.CASH, D.ACCOUNTS, D.TRANSFER, D.HOLDS, D.REVERSAL, D.CUSTOMER_VIEW, D.CUSTOMER_EDIT,
    ),
    R.SENIOR_TELLER: (
        D.CASH, D.ACCOUNTS, D.TRANSFER, D.LOANS, D.HOLDS, D.REVERSAL, D.CUSTOMER_VIEW, D.CUSTOMER_EDIT,
    ),
    R.SUPERVISOR: (
        D.AUTHORIZE, D.RULES_APPROVE, D.DAY_OPEN, D.DAY_CLOSE, D.BOARD, D.LOBBY, D.CUSTOMER_VIEW,
    ),
    R.LOBBY_MANAGER: (D.LOBBY, D.BOARD, D.CUSTOMER_VIEW),
    R.CUSTOMER_MANAGER: (D.CUSTOMER_VIEW, D.CUSTOMER_EDIT, D.LOANS),
    R.BACK_OFFICE: (D.ACCOUNTS, D.TRANSFER, D.HOLDS, D.CUSTOMER_VIEW, D.CUSTOMER_EDIT),
    R.OPERATIONS: (D.RULES_DRAFT, D.DAY_OPEN, D.DAY_CLOSE, D.BOARD),
    R.AUDITOR: (D.AUDIT, D.CUSTOMER_VIEW, D.BOARD),
    R.IT_ADMIN: (D.PEOPLE_ADMIN,),
}  # fmt: skip

INCOMPATIBLE: tuple[tuple[Duty, Duty], ...] = (
    (D.CASH, D.AUTHORIZE),
    (D.ACCOUNTS, D.AUTHORIZE),
    (D.TRANSFER, D.AUTHORIZE),
    (D.RULES_DRAFT, D.RULES_APPROVE),
    *((D.AUDIT, d) for d in (D.CASH, D.ACCOUNTS, D.TRANSFER, D.AUTHORIZE, D.RULES_DRAFT, D.RULES_APPROVE)),
    *((D.PEOPLE_ADMIN, d) for d in (D.CASH, D.ACCOUNTS, D.TRANSFER, D.AUTHORIZE, D.AUDIT, D.RULES_APPROVE)),
)

#: The certificate that whoever handles cash must hold 反假货币上岗资格.
ANTI_COUNTERFEIT = "anti_counterfeit"
REQUIREMENTS: tuple[tuple[Duty, str, str], ...] = ((D.CASH, ANTI_COUNTERFEIT, COUNTERFEIT),)

#: number, Chinese name, English name, role, home branch, branch of the role.
DEMO_PEOPLE: tuple[tuple[str, str, str, Role, int, int], ...] = (
    ("080101", "王芳", "Wang Fang", R.TELLER, 3, 3),
    ("080102", "李娜", "Li Na", R.TELLER, 3, 3),
    ("080103", "陈静", "Chen Jing", R.SENIOR_TELLER, 3, 3),
    ("080201", "张伟", "Zhang Wei", R.SUPERVISOR, 3, 3),
    ("080301", "刘洋", "Liu Yang", R.LOBBY_MANAGER, 3, 3),
    ("080401", "赵敏", "Zhao Min", R.CUSTOMER_MANAGER, 3, 3),
    ("090101", "周涛", "Zhou Tao", R.OPERATIONS, 1, 0),
    ("090201", "孙丽", "Sun Li", R.AUDITOR, 1, 0),
    ("090301", "吴强", "Wu Qiang", R.IT_ADMIN, 1, 0),
)
DEMO_PASSWORD = "counterpoint"  # noqa: S105  shown on the sign-in page, in demo mode only
