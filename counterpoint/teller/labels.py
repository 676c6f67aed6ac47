"""Names of legs, as the papers (both languages at once) and the pages (one) show them."""

from __future__ import annotations

LABELS: dict[str, tuple[str, str]] = {
    "cash": ("现金", "Cash"),
    "deposit": ("存入", "Deposit"),
    "withdrawal": ("支取", "Withdrawal"),
    "transfer_out": ("转出", "Transfer out"),
    "transfer_in": ("转入", "Transfer in"),
    "fee": ("手续费", "Charge"),
    "fee_income": ("手续费收入", "Charge income"),
    "clearing": ("清算资金往来", "Clearing"),
    "between_branches": ("系统内往来", "Between branches"),
    "close": ("销户支取", "Closing balance"),
}

#: Remarks that a plan makes.
NOTES: dict[str, tuple[str, str]] = {
    "booked": ("已预约大额取现", "This withdrawal was booked"),
    "over_limit": (
        "尾箱将超过限额：请在时限内上缴金库",
        "The box goes over its limit with this: hand cash in to the vault in time",
    ),
    "joint_mandate": ("联合授权：须全体授权人到场", "Joint mandate: all holders must be present"),
}


def in_language(pair: tuple[str, str], language: str) -> str:
    return pair[0] if language.startswith("zh") else pair[1]
