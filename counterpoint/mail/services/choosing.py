"""What people choose 邮件偏好: language, hours, at once or in a digest; the rest is the bank's rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, NotAllowed, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.mail import rules
from counterpoint.mail.data import LANGUAGES, Hours, LetterMalformed, Way
from counterpoint.mail.data import Preference as PreferenceView
from counterpoint.mail.models import Preference
from counterpoint.mail.services.catalogue import OWN, kinds
from counterpoint.org import services as org


@dataclass(frozen=True, slots=True)
class Bank:
    """The bank's rules of today, read once for however many people."""

    language: str
    hours: Hours
    digest_at: time
    ways: dict[str, Way]

    @classmethod
    def today(cls) -> Bank:
        day = clock.today()
        with org.one_book():
            value = {
                name: str(org.value(key=f"mail.{name}", at=day))
                for name in ("language", "hours_start", "hours_end", "digest_at")
            }
            ways = {kind: Way(str(org.value(key=f"mail.way.{kind}", at=day))) for kind in kinds()}
        hours = Hours(rules.clock_time(value["hours_start"]), rules.clock_time(value["hours_end"]))
        return cls(value["language"], hours, rules.clock_time(value["digest_at"]), ways)

    def of(self, row: Preference | None) -> PreferenceView:
        """What holds for somebody."""
        if row is None:
            return PreferenceView(self.language, self.hours, self.ways)
        hours = Hours(row.start, row.end) if row.start and row.end else self.hours
        chosen = {kind: Way(way) for kind, way in row.ways.items() if kind in self.ways}
        return PreferenceView(row.language or self.language, hours, self.ways | chosen)


@dataclass(frozen=True, slots=True)
class Plan:
    """How one letter comes to one person."""

    language: str
    digest: bool
    due: datetime


class Planner:
    """Plans for many people at once: who chose the same gets the same, worked out once."""

    def __init__(self, kind: str, *, urgent: bool, at: datetime, alone: bool = False) -> None:
        self._kind, self._urgent, self._at, self._bank = kind, urgent, at, Bank.today()
        #: What has a calendar file is no line of a digest.
        self._alone = alone
        self._known: dict[PreferenceView | tuple[object, ...], Plan] = {}

    def plans(self, people: Iterable[int]) -> dict[int, Plan]:
        wanted = list(people)
        rows = {row.person_id: row for row in Preference.objects.filter(person__in=wanted)}
        return {one: self._plan(self._bank.of(rows.get(one))) for one in wanted}

    def of_bots(self) -> datetime:
        """When robots say it: they keep the bank's hours, and no digest."""
        return self._due(self._bank.hours, digest=False)

    def _plan(self, view: PreferenceView) -> Plan:
        lasting = self._kind != OWN and not self._urgent and not self._alone
        digest = lasting and view.ways.get(self._kind) is Way.DIGEST
        known = (view.language, view.hours, digest)
        if known not in self._known:
            self._known[known] = Plan(view.language, digest, self._due(view.hours, digest=digest))
        return self._known[known]

    def _due(self, hours: Hours, *, digest: bool) -> datetime:
        if self._urgent or self._kind == OWN:
            return self._at
        if digest:
            return rules.digest_at(self._at, self._bank.digest_at, org.is_working_day)
        return rules.when(self._at, hours, org.is_working_day)


def preference_of(person: int) -> PreferenceView:
    """What holds for a person now."""
    return Bank.today().of(Preference.objects.filter(pk=person).first())


@verb("mail.preference.chosen")
def choose(*, language: str, hours: Hours | None, ways: Mapping[str, Way], by: Actor) -> None:
    """Choose language, hours, and how each kind of letter comes to oneself 设置邮件偏好."""
    if by.kind is not ActorKind.PERSON:
        raise NotAllowed(_("Letters are for people."))
    if language not in LANGUAGES or set(ways) - set(kinds()):
        raise LetterMalformed(_("There is no such choice."), field="language")
    if hours is not None and hours.start >= hours.end:
        raise LetterMalformed(_("The hours end before they begin."), field="end")
    bank = Bank.today()
    # What is as the bank has it goes on following the bank's rule.
    own = hours if hours != bank.hours else None
    given = {
        "language": language if language != bank.language else "",
        "start": own.start if own else None, "end": own.end if own else None,
        "ways": {kind: str(Way(way)) for kind, way in ways.items() if way != bank.ways[kind]},
    }  # fmt: skip
    Preference.objects.update_or_create(person_id=by.id, defaults=given | {"at": clock.now()})
    tell(Told(subject=by.key, branch=by.branch or 0, data=given, channels=(by.key,)))
