"""Names of states, outcomes, ways and robots, with the badge's meaning and icon."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrOrPromise

from counterpoint.mail.data import BotKind, LetterState, Way
from counterpoint.ui.data import Shown

S = LetterState
STATES: dict[LetterState, Shown] = {
    S.WAITING: Shown(pgettext_lazy("mail", "Waiting"), "information", "clock"),
    S.SENDING: Shown(pgettext_lazy("mail", "Being sent"), "information", "send"),
    S.SENT: Shown(pgettext_lazy("mail", "Delivered"), "success", "circle-check"),
    S.GATHERED: Shown(pgettext_lazy("mail", "In a digest"), "neutral", "list-check"),
    S.FAILED: Shown(pgettext_lazy("mail", "Failed"), "danger", "alert-triangle"),
    S.UNCERTAIN: Shown(pgettext_lazy("mail", "Uncertain"), "attention", "help"),
    S.UNADDRESSED: Shown(pgettext_lazy("mail", "No address"), "attention", "alert-circle"),
    S.WITHDRAWN: Shown(pgettext_lazy("mail", "Withdrawn"), "neutral", "ban"),
}
WAYS: dict[Way, StrOrPromise] = {
    Way.AT_ONCE: pgettext_lazy("mail", "At once"),
    Way.DIGEST: pgettext_lazy("mail", "In the digest"),
}
BOTS: dict[BotKind, StrOrPromise] = {
    BotKind.FEISHU: _("Feishu"),
    BotKind.DINGTALK: _("DingTalk"),
    BotKind.WECOM: _("WeCom"),
}
#: The room's own letters have a kind about which nobody chooses.
OWN_KIND = _("About mail itself")
