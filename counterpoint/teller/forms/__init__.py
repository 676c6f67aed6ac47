"""The forms of the operations. A form checks what was typed; ``slip()`` is what the services take."""

from __future__ import annotations

from counterpoint.teller.forms.base import ApprovalForm, AskForm, OperationForm
from counterpoint.teller.forms.cash import Deposit, MultiLeg, Withdrawal
from counterpoint.teller.forms.corrections import Cancellation, Reprint, Reversal
from counterpoint.teller.forms.services import (
    BalanceForm,
    CloseAccount,
    HoldForm,
    LossForm,
    OpenAccount,
    OtherBank,
    PasswordReset,
    ReleaseForm,
    StatementForm,
    Transfer,
)

FORMS: dict[str, type[OperationForm]] = {
    "1101": Deposit,
    "1102": Withdrawal,
    "1201": Transfer,
    "1202": OtherBank,
    "1301": OpenAccount,
    "1302": CloseAccount,
    "1401": BalanceForm,
    "1402": StatementForm,
    "1501": HoldForm,
    "1502": ReleaseForm,
    "1601": LossForm,
    "1602": PasswordReset,
    "1701": MultiLeg,
    "1801": Cancellation,
    "1802": Reversal,
    "1901": Reprint,
}

#: The second person's sign-in.
approval_form = ApprovalForm
#: What goes with a request to the approval desk.
ask_form = AskForm

__all__ = ["FORMS", "OperationForm", "approval_form", "ask_form"]
