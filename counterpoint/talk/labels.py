"""Names of kinds, classes, signs and presence, with the icon beside each."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrOrPromise

from counterpoint.talk.data import Kind, Presence, Retention, Sign, SubjectKind
from counterpoint.ui.data import Shown

KINDS: dict[Kind, Shown] = {
    Kind.DIRECT: Shown(pgettext_lazy("talk", "Two people"), "neutral", "user"),
    Kind.GROUP: Shown(pgettext_lazy("talk", "Group"), "neutral", "users"),
    Kind.BRANCH: Shown(pgettext_lazy("talk", "Branch"), "neutral", "building-bank"),
    Kind.THREAD: Shown(pgettext_lazy("talk", "Thread"), "neutral", "messages"),
}
SUBJECTS: dict[SubjectKind, Shown] = {
    SubjectKind.VISIT: Shown(pgettext_lazy("talk", "Visit"), "neutral", "user-check"),
    SubjectKind.CASE: Shown(pgettext_lazy("talk", "Case"), "neutral", "list-details"),
    SubjectKind.REQUEST: Shown(pgettext_lazy("talk", "Approval"), "neutral", "shield-check"),
    SubjectKind.NOTICE: Shown(pgettext_lazy("talk", "Notice"), "neutral", "bell"),
}
RETENTIONS: dict[Retention, StrOrPromise] = {
    Retention.PERSONAL: pgettext_lazy("talk", "Personal"),
    Retention.WORK: pgettext_lazy("talk", "Work"),
    Retention.RECORD: pgettext_lazy("talk", "Business record"),
}
SIGNS: dict[Sign, Shown] = {
    Sign.SEEN: Shown(pgettext_lazy("talk", "Seen"), "neutral", "eye"),
    Sign.THANKS: Shown(pgettext_lazy("talk", "Thanks"), "neutral", "heart"),
    Sign.AGREED: Shown(pgettext_lazy("talk", "Agreed"), "neutral", "thumb-up"),
    Sign.DONE: Shown(pgettext_lazy("talk", "Done"), "neutral", "circle-check"),
    Sign.QUESTION: Shown(pgettext_lazy("talk", "Question"), "neutral", "help"),
}
PRESENCES: dict[Presence, Shown] = {
    Presence.SERVING: Shown(pgettext_lazy("talk", "Serving"), "attention", "user-check"),
    Presence.HERE: Shown(pgettext_lazy("talk", "Here"), "success", "circle-check"),
    Presence.AWAY: Shown(pgettext_lazy("talk", "Away"), "neutral", "circle"),
}
