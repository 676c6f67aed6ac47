"""The verbs and reads of the counter, for every room above."""

from counterpoint.teller.data import Receipt
from counterpoint.teller.operations import OPERATIONS, find, operation
from counterpoint.teller.queries import (
    account_class,
    asked,
    loss_kind,
    receipt,
    receipt_by_number,
    receipts,
)
from counterpoint.teller.queries import (
    quote as quote_by_id,
)
from counterpoint.teller.queries_day import OPENS_AT, at_desks, figures_of_day, half_hours
from counterpoint.teller.services.confirming import confirm
from counterpoint.teller.services.issued import (
    approve,
    my_day,
    pay_out,
    print_receipt,
    receipts_of_visit,
    to_pay,
)
from counterpoint.teller.services.matters import ask_approval
from counterpoint.teller.services.papers import receipt_pdf
from counterpoint.teller.services.quoting import cancel_quote, expire_quotes, open_quotes, quote

__all__ = [
    "OPENS_AT",
    "OPERATIONS",
    "Receipt",
    "account_class",
    "approve",
    "ask_approval",
    "asked",
    "at_desks",
    "cancel_quote",
    "confirm",
    "expire_quotes",
    "figures_of_day",
    "find",
    "half_hours",
    "loss_kind",
    "my_day",
    "open_quotes",
    "operation",
    "pay_out",
    "print_receipt",
    "quote",
    "quote_by_id",
    "receipt",
    "receipt_by_number",
    "receipt_pdf",
    "receipts",
    "receipts_of_visit",
    "to_pay",
]
