"""Names of kinds, classes, signs and presence, with the icon beside each."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrOrPromise

from counterpoint.talk.data import Kind, Presence, Retention, Sign, SubjectKind
from counterpoint.ui.data import Meaning


class Shown(NamedTuple):
    """A word, with the icon beside it."""

    words: StrOrPromise
    icon: str
    meaning: Meaning = "neutral"


KINDS: dict[Kind, Shown] = {
    Kind.DIRECT: Shown(pgettext_lazy("talk", "Two people"), "user"),
    Kind.GROUP: Shown(pgettext_lazy("talk", "Group"), "users"),
    Kind.BRANCH: Shown(pgettext_lazy("talk", "Branch"), "building-bank"),
    Kind.THREAD: Shown(pgettext_lazy("talk", "Thread"), "messages"),
}
SUBJECTS: dict[SubjectKind, Shown] = {
    SubjectKind.VISIT: Shown(pgettext_lazy("talk", "Visit"), "user-check"),
    SubjectKind.CASE: Shown(pgettext_lazy("talk", "Case"), "list-details"),
    SubjectKind.REQUEST: Shown(pgettext_lazy("talk", "Approval"), "shield-check"),
    SubjectKind.NOTICE: Shown(pgettext_lazy("talk", "Notice"), "bell"),
}
RETENTIONS: dict[Retention, StrOrPromise] = {
    Retention.PERSONAL: pgettext_lazy("talk", "Personal"),
    Retention.WORK: pgettext_lazy("talk", "Work"),
    Retention.RECORD: pgettext_lazy("talk", "Business record"),
}
SIGNS: dict[Sign, Shown] = {
    Sign.SEEN: Shown(pgettext_lazy("talk", "Seen"), "eye"),
    Sign.THANKS: Shown(pgettext_lazy("talk", "Thanks"), "heart"),
    Sign.AGREED: Shown(pgettext_lazy("talk", "Agreed"), "thumb-up"),
    Sign.DONE: Shown(pgettext_lazy("talk", "Done"), "circle-check"),
    Sign.QUESTION: Shown(pgettext_lazy("talk", "Question"), "help"),
}
PRESENCES: dict[Presence, Shown] = {
    Presence.SERVING: Shown(pgettext_lazy("talk", "Serving"), "user-check", "attention"),
    Presence.HERE: Shown(pgettext_lazy("talk", "Here"), "circle-check", "success"),
    Presence.AWAY: Shown(pgettext_lazy("talk", "Away"), "circle", "neutral"),
}
