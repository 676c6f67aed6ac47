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
DELEGATION = "示范转授权办法 / demo policy on delegation (unverified)"
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
    R.OPERATIONS_MANAGER: (D.AUTHORIZE, D.CUSTOMER_VIEW),
    R.REMOTE_AUTHORIZER: (D.AUTHORIZE_REMOTE, D.CUSTOMER_VIEW),
    R.AUDITOR: (D.AUDIT, D.CUSTOMER_VIEW, D.BOARD),
    R.IT_ADMIN: (D.PEOPLE_ADMIN,),
}  # fmt: skip

#: Who makes entries does not approve them, at the counter or from afar.
_MAKING, _APPROVING = (D.CASH, D.ACCOUNTS, D.TRANSFER), (D.AUTHORIZE, D.AUTHORIZE_REMOTE)
INCOMPATIBLE: tuple[tuple[Duty, Duty], ...] = (
    *((made, approved) for approved in _APPROVING for made in _MAKING),
    (D.RULES_DRAFT, D.RULES_APPROVE),
    *((D.AUDIT, d) for d in (*_MAKING, *_APPROVING, D.RULES_DRAFT, D.RULES_APPROVE)),
    *((D.PEOPLE_ADMIN, d) for d in (*_MAKING, *_APPROVING, D.AUDIT, D.RULES_APPROVE)),
)

#: The certificate that whoever handles cash must hold 反假货币上岗资格.
ANTI_COUNTERFEIT = "anti_counterfeit"
REQUIREMENTS: tuple[tuple[Duty, str, str], ...] = ((D.CASH, ANTI_COUNTERFEIT, COUNTERFEIT),)

#: What may be delegated 可转授职责, and for how many days at most.
DELEGABLE: tuple[tuple[Duty, int, str], ...] = (
    (D.AUTHORIZE, 30, DELEGATION),
    (D.AUTHORIZE_REMOTE, 30, DELEGATION),
    (D.DAY_OPEN, 30, DELEGATION),
    (D.DAY_CLOSE, 30, DELEGATION),
)

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
    ("090401", "周敏", "Zhou Min", R.REMOTE_AUTHORIZER, 1, 0),
    ("090402", "何平", "He Ping", R.REMOTE_AUTHORIZER, 1, 0),
    ("090601", "许兰", "Xu Lan", R.BACK_OFFICE, 1, 0),
    # Above the branches and not at them: what a branch may not approve itself comes to the region.
    ("090501", "郑凯", "Zheng Kai", R.OPERATIONS_MANAGER, 2, 2),
)
DEMO_PASSWORD = "counterpoint"  # noqa: S105  shown on the sign-in page, in demo mode only
