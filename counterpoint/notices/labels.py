"""Names of kinds and phases, with the badge's meaning and icon."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrOrPromise

from counterpoint.notices.data import Kind, Phase, VersionState
from counterpoint.ui.data import Shown, Words

KINDS: dict[Kind, Shown] = {
    Kind.POLICY: Shown(pgettext_lazy("notice", "Policy"), "information", "scale"),
    Kind.PRODUCT: Shown(pgettext_lazy("notice", "Product"), "accent", "credit-card"),
    Kind.PROCEDURE: Shown(pgettext_lazy("notice", "Procedure"), "neutral", "list-check"),
    Kind.ALERT: Shown(pgettext_lazy("notice", "Alert"), "danger", "alert-triangle"),
}
PHASES: dict[Phase, Shown] = {
    Phase.DRAFT: Shown(pgettext_lazy("notice", "Draft"), "neutral", "edit"),
    Phase.SUBMITTED: Shown(pgettext_lazy("notice", "Waits for approval"), "attention", "hourglass"),
    Phase.SCHEDULED: Shown(pgettext_lazy("notice", "Not in force yet"), "information", "clock"),
    Phase.LIVE: Shown(pgettext_lazy("notice", "In force"), "success", "circle-check"),
    Phase.EXPIRED: Shown(pgettext_lazy("notice", "Expired"), "neutral", "clock"),
    Phase.SUPERSEDED: Shown(pgettext_lazy("notice", "Superseded"), "neutral", "history"),
    Phase.WITHDRAWN: Shown(pgettext_lazy("notice", "Withdrawn"), "danger", "ban"),
    Phase.DROPPED: Shown(pgettext_lazy("notice", "Given up"), "neutral", "ban"),
}
#: Why a search does not find what stands in an attachment.
UNREAD: dict[str, StrOrPromise] = {
    "picture": _("a picture has no text"),
    "empty": _("it has no text, such as a scan"),
    "encrypted": _("it is locked by a password"),
    "huge": _("what is packed in it is too large"),
    "slow": _("it takes too long to read"),
    "broken": _("it cannot be read"),
}
STATE_NAMES: dict[VersionState, Words] = {
    VersionState.DRAFT: PHASES[Phase.DRAFT].words,
    VersionState.SUBMITTED: PHASES[Phase.SUBMITTED].words,
    VersionState.PUBLISHED: _("Published"),
    VersionState.WITHDRAWN: PHASES[Phase.WITHDRAWN].words,
    VersionState.DROPPED: PHASES[Phase.DROPPED].words,
}
