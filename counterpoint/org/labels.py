"""What enums are called on screens."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.org.data import Confidence, DayKind, Equipment, RuleStatus, StepStatus, UnitKind

KINDS = {UnitKind.BANK: _("Bank"), UnitKind.REGION: _("Region"), UnitKind.BRANCH: _("Branch")}
EQUIPMENT = {
    Equipment.CASH: _("Cash"),
    Equipment.RECYCLER: _("Recycler"),
    Equipment.NOTE_COUNTER: _("Note counter"),
    Equipment.ID_READER: _("ID reader"),
    Equipment.SCANNER: _("Scanner"),
    Equipment.PRINTER: _("Printer"),
    Equipment.PINPAD: _("Pin pad"),
    Equipment.ACCESSIBLE: _("Accessible"),
}
DAY_KINDS = {DayKind.HOLIDAY: _("Holiday"), DayKind.MAKE_UP: _("Make-up working day")}
CONFIDENCE = {
    Confidence.CONFIRMED: _("Confirmed"),
    Confidence.SECONDARY: _("Secondary source"),
    Confidence.QUESTION_BANK: _("Question bank"),
    Confidence.UNVERIFIED: _("Unverified"),
    Confidence.BANK_SAMPLE: _("Bank's sample"),
}
#: The badge's meaning: colour never stands alone, the word is beside it.
CONFIDENCE_MEANING = {
    Confidence.CONFIRMED: "success",
    Confidence.SECONDARY: "attention",
    Confidence.QUESTION_BANK: "attention",
    Confidence.UNVERIFIED: "danger",
    Confidence.BANK_SAMPLE: "information",
}
STATUS = {
    RuleStatus.DRAFT: pgettext_lazy("rule", "Draft"),
    RuleStatus.APPROVED: pgettext_lazy("rule", "Approved"),
    RuleStatus.REFUSED: pgettext_lazy("rule", "Refused"),
    RuleStatus.RETIRED: _("Retired"),
}
STATUS_MEANING = {
    RuleStatus.DRAFT: "attention",
    RuleStatus.APPROVED: "success",
    RuleStatus.REFUSED: "danger",
    RuleStatus.RETIRED: "neutral",
}
CHAPTERS = {
    "teller": _("At the counter"),
    "identity": _("Identification"),
    "cash": _("Cash"),
    "vault": _("Boxes, vouchers, differences"),
    "accounts": _("Accounts, holds, loss"),
    "interest": _("Interest"),
    "aml": _("Reports and money laundering"),
    "lobby": _("Lobby and queue"),
    "visits": _("Visits and cases"),
    "records": _("Records and risk"),
    "papers": _("Papers and scans"),
    "cases": _("Cases and tasks"),
    "approvals": _("Approval desk"),
    "mail": _("Mail and robots"),
    "notices": _("Notices"),
}
SCOPES = {"mainland": _("Mainland China"), "bank": _("This bank")}

#: A step's word, its badge's meaning and its icon.
STEPS = {
    StepStatus.WAITING: (pgettext_lazy("step", "Waiting"), "neutral", "clock"),
    StepStatus.RUNNING: (pgettext_lazy("step", "Running"), "information", "player-play"),
    StepStatus.DONE: (pgettext_lazy("step", "Done"), "success", "check"),
    StepStatus.FAILED: (pgettext_lazy("step", "Failed"), "danger", "alert-triangle"),
}
