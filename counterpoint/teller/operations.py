"""The table of operations 交易码表. Names and procedures are data, in both languages."""

from __future__ import annotations

from counterpoint.teller.data import Cash, Operation, UnknownOperation

_TABLE = (
    Operation(
        "1101", "现金存款", "Cash deposit", "xjck", "cash", "teller.cash.deposited", Cash.IN,
        procedure_zh=("收妥现金，先点大数后点细数",
        "录入账号、金额与券别", "核对大写金额后试算、记账", "打印回单，客户签字"),
        procedure_en=("Take and count the cash, bundles first", "Enter account, amount and faces",
                      "Check the amount in words, quote, post", "Print the receipt for signature"),
    ),
    Operation(
        "1102", "现金取款", "Cash withdrawal", "xjqk", "cash", "teller.cash.withdrawn", Cash.OUT,
        procedure_zh=("核对身份与密码", "录入账号、金额与付款券别", "先记账，后付款", "当面点清，客户签字"),
        procedure_en=("Check identity and password", "Enter account, amount and the faces to pay",
                      "Post first, then pay", "Count in the customer's sight; signature"),
    ),
    Operation(
        "1201", "行内转账", "Transfer within the bank", "hnzz", "transfer", "teller.transfer.made",
        procedure_zh=("核对付款人身份与支付方式", "录入付款、收款账号与金额", "先借后贷，核对户名后记账"),
        procedure_en=("Check the payer's identity and mandate", "Enter both accounts and the amount",
                      "Debit before credit; check the payee's name, then post"),
    ),
    Operation(
        "1202", "跨行转账", "Transfer to another bank", "khzz", "transfer", "teller.remittance.sent",
        procedure_zh=("核对付款人身份", "录入收款行、账号、户名与金额", "告知手续费后记账"),
        procedure_en=("Check the payer's identity", "Enter the payee's bank, account, name and the amount",
                      "Tell the charge, then post"),
    ),
    Operation(
        "1301", "开户", "Open an account", "kh", "accounts", "teller.account.opened", posts=False,
        procedure_zh=("联网核查身份", "选择客户、产品与账户类别", "客户设置密码"),
        procedure_en=("Verify identity",
        "Choose customer, product and class", "The customer sets a password"),
    ),
    Operation(
        "1302", "销户", "Close an account", "xh", "accounts", "teller.account.paid_out", Cash.OUT,
        procedure_zh=("核对身份与密码，收回凭证", "结清利息", "余额付现或转账"),
        procedure_en=("Check identity and password, take back the vouchers", "Settle the interest",
                      "Pay the balance in cash or by transfer"),
    ),
    Operation(
        "1401", "余额查询", "Balance", "yecx", "customer_view", "teller.balance.shown", posts=False,
        procedure_zh=("核对身份与查询权限",), procedure_en=("Check identity and the right to ask",),
    ),
    Operation(
        "1402", "明细查询打印", "Statement", "mxcx", "customer_view", "teller.statement.printed", posts=False,
        procedure_zh=("核对身份与查询权限", "选择起止日期"),
        procedure_en=("Check identity and the right to ask", "Choose the period"),
    ),
    Operation(
        "1501", "冻结", "Place a hold", "dj", "holds", "teller.hold.placed", posts=False,
        procedure_zh=("核验两名执法人员证件与文书", "录入机关、文书号、金额与期限", "会同主管办理"),
        procedure_en=("Check both officers' cards and the instrument",
                      "Enter authority, instrument, amount and term", "Act with a supervisor"),
    ),
    Operation(
        "1502", "解冻", "Release a hold", "jd", "holds", "teller.hold.released", posts=False,
        procedure_zh=("核验解冻文书", "选择冻结记录"),
        procedure_en=("Check the instrument", "Choose the hold"),
    ),
    Operation(
        "1601", "挂失", "Loss report", "gs", "accounts", "teller.loss.charged", Cash.IN,
        procedure_zh=("核对申请人身份", "立即止付", "口头挂失须在规定天数内补办书面手续"),
        procedure_en=("Check the applicant's identity", "Stop payment at once",
                      "An oral report is followed in writing within the days of the rule"),
    ),
    Operation(
        "1602", "密码重置", "Password reset", "mmcz", "accounts", "teller.password.reset", posts=False,
        procedure_zh=("本人持有效证件办理", "客户自行输入新密码"),
        procedure_en=("The owner comes in person with a valid document",
        "The customer enters the new password"),
    ),
    Operation(
        "1701", "综合业务", "Several operations at once", "zhyw", "cash", "teller.service.posted", Cash.NET,
        procedure_zh=("逐笔录入，借贷平衡", "轧出一个现金净额", "一次记账，一张回单"),
        procedure_en=("Enter line by line; debit equals credit", "One cash net",
                      "One posting and one receipt"),
    ),
    Operation(
        "1801", "抹账", "Same-day cancellation", "mz", "reversal", "ledger.entry.cancelled", Cash.NET,
        procedure_zh=("限当日本柜错账", "说明现金是否退回并点清", "主管授权"),
        procedure_en=("Errors of the same day only", "Say whether the cash was handed back and count it",
                      "A supervisor approves"),
    ),
    Operation(
        "1802", "冲正", "Later reversal", "cz", "reversal", "ledger.entry.reversed", Cash.NET,
        procedure_zh=("隔日错账，先冲后补", "说明原因，主管授权", "影响利息的调整积数"),
        procedure_en=("Errors of earlier days: reverse, then post anew",
        "Give the reason; a supervisor approves",
                      "Adjust interest where it is affected"),
    ),
    Operation(
        "1901", "补打回单", "Receipt reprint", "bd", "cash", "teller.reprint.served", posts=False,
        procedure_zh=("核对身份", "补打件注明补打与次数"),
        procedure_en=("Check identity", "The copy is marked as a reprint and counted"),
    ),
)  # fmt: skip

OPERATIONS: dict[str, Operation] = {operation.code: operation for operation in _TABLE}


def operation(code: str) -> Operation:
    """The operation with this code, or a refusal."""
    try:
        return OPERATIONS[code]
    except KeyError:
        raise UnknownOperation(f"there is no operation {code[:8]!r}") from None


def find(words: str) -> list[Operation]:
    """The operations that what was typed may mean, exact code first."""
    return sorted(
        (o for o in OPERATIONS.values() if o.matches(words)), key=lambda o: (o.code != words, o.code)
    )


def names() -> dict[str, tuple[str, str]]:
    """Every code with its Chinese and its English name, for rooms below that do not know operations."""
    return {one.code: (one.name("zh"), one.name("en")) for one in OPERATIONS.values()}
