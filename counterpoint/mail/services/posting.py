"""Posting 寄信: into the table, in the transaction of who has the news; sending comes later."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Told
from counterpoint.kit.journal import as_json
from counterpoint.kit.verbs import tell, verb
from counterpoint.mail import queries, rules
from counterpoint.mail.data import (
    LANGUAGES,
    TROUBLED,
    LetterMalformed,
    LetterState,
    NoConsent,
    NothingToRetry,
    UnknownLetter,
)
from counterpoint.mail.models import Letter
from counterpoint.mail.services.catalogue import template as template_of
from counterpoint.mail.services.choosing import Planner
from counterpoint.people import services as people
from counterpoint.people.data import Duty

CHANNEL = "mail"
LONGEST_KEY = 160
LONGEST_CALENDAR = 64_000
#: A letter names a thing and leads to it; what is longer than this is no letter of ours.
LONGEST_DATA = 8_000

#: One statement for however many people; who has this key already is passed over.
INSERT = """
INSERT INTO mail_letter (key, recipient, person_id, address, kind, template, data, about, link, language,
                         urgent, digest, calendar, state, due_at, posted_at, posted_by)
SELECT %(key)s, 'person:' || one.person, one.person, '', %(kind)s, %(template)s, %(data)s, %(about)s,
       %(link)s, one.language, %(urgent)s, one.digest, %(calendar)s,
       CASE WHEN coalesce(a.email, '') = '' THEN 'unaddressed' ELSE 'waiting' END,
       one.due, %(now)s, %(by)s
  FROM unnest(%(people)s::bigint[], %(languages)s::text[], %(digests)s::boolean[],
              %(dues)s::timestamptz[]) AS one(person, language, digest, due)
  LEFT JOIN mail_address a ON a.person_id = one.person
ON CONFLICT (key, recipient) DO NOTHING
"""


@verb("mail.letter.posted")
def post(
    *, to: Iterable[int], template: str, data: Mapping[str, Any], key: str, by: Actor, link: str = "",
    about: str = "", urgent: bool = False, calendar: str = "",
) -> int:  # fmt: skip
    """Post a letter to people 寄信给员工; returns how many get it for the first time by this key."""
    kind, text = _checked(template, data, key, link)
    if len(calendar) > LONGEST_CALENDAR:
        raise LetterMalformed(_("This letter cannot be sent like this."), field="calendar")
    now, ids = clock.now(), sorted(set(to))
    plans = Planner(kind, urgent=urgent, at=now, alone=bool(calendar)).plans(ids)
    given: dict[str, Any] = {
        "key": key, "kind": kind, "template": template, "data": text, "about": about, "link": link,
        "urgent": urgent, "now": now, "by": by.key, "people": ids, "calendar": calendar,
        "languages": [plans[one].language for one in ids], "digests": [plans[one].digest for one in ids],
        "dues": [plans[one].due for one in ids],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(INSERT, given)
        made: int = cursor.rowcount
    tell(
        Told(
            subject=about or f"letter:{template}", branch=by.branch or 0,
            data={"template": template, "key": key, "asked": len(ids), "made": made}, channels=(CHANNEL,),
        )
    )  # fmt: skip
    return made


@verb("mail.letter.announced")
def announce(
    *, branches: Iterable[int], template: str, data: Mapping[str, Any], key: str, by: Actor, link: str = "",
    about: str = "", urgent: bool = False,
) -> int:  # fmt: skip
    """Tell the robots of these branches that take this kind 机器人播报; returns how many."""
    kind, text = _checked(template, data, key, link)
    found = queries.taking(kind, sorted({0, *branches}))
    due = Planner(kind, urgent=urgent, at=clock.now()).of_bots()
    made = [
        _letter(key, kind, template, text, by, recipient=f"bot:{one.pk}", bot=one, about=about, link=link,
                language=one.language, urgent=urgent, due_at=due)
        for one in found
    ]  # fmt: skip
    Letter.objects.bulk_create(made, ignore_conflicts=True)
    told = {"template": template, "key": key, "bots": [one.pk for one in found]}
    tell(
        Told(
            subject=about or f"letter:{template}", branch=by.branch or 0, data=told, channels=(CHANNEL,)
        )
    )  # fmt: skip
    return len(made)


@verb("mail.letter.posted_outside")
def post_to_address(
    *, address: str, consent: bool, template: str, data: Mapping[str, Any], key: str, by: Actor,
    language: str = "zh-hans", link: str = "", about: str = "", calendar: str = "",
) -> bool:  # fmt: skip
    """Post a letter to a customer's address 寄信给客户; with their consent. ``False``: the key was used."""
    if not consent:
        raise NoConsent(_("This customer has not agreed to be written to."))
    kind, text = _checked(template, data, key, link)
    email = checked_mailbox(address)
    if language not in LANGUAGES or len(calendar) > LONGEST_CALENDAR:
        raise LetterMalformed(_("This letter cannot be sent like this."), field="language")
    made = _letter(
        key, kind, template, text, by, recipient=f"to:{fingerprint(email)}", address=email, about=about,
        link=link, language=language, calendar=calendar, due_at=clock.now(),
    )  # fmt: skip
    Letter.objects.bulk_create([made], ignore_conflicts=True)
    kept = Letter.objects.filter(key=key, recipient=made.recipient, token=made.token).exists()
    told = {"template": template, "key": key, "made": kept}
    tell(
        Told(
            subject=about or f"letter:{template}", branch=by.branch or 0, data=told, channels=(CHANNEL,)
        )
    )  # fmt: skip
    return kept


@verb("mail.letter.withdrawn")
def withdraw(*, about: str, by: Actor) -> int:
    """Take back what has not gone yet of the letters about one thing 撤回未发信件; returns how many."""
    waiting = Letter.objects.filter(about=about, state__in=[LetterState.WAITING, LetterState.UNADDRESSED])
    taken = waiting.update(state=LetterState.WITHDRAWN) if about else 0
    tell(Told(subject=about, branch=by.branch or 0, data={"withdrawn": taken}, channels=(CHANNEL,)))
    return taken


@verb("mail.letter.retried")
def retry(*, letters: Sequence[int], by: Actor) -> int:
    """Send again what failed 重新投递: by who answers for the post; returns how many letters."""
    people.check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=by.branch or 0)
    if not letters:
        raise UnknownLetter(_("There is no such letter."))
    rows = Letter.objects.select_for_update().filter(pk__in=letters, state__in=TROUBLED)
    found = [row.pk for row in rows.order_by("pk")]
    if not found:
        raise NothingToRetry(_("This letter is on its way, or was sent."))
    now = clock.now()
    homeless = Letter.objects.filter(pk__in=found, person__isnull=False, address="")
    homeless = homeless.exclude(person__in=queries.addressed())
    lost = set(homeless.values_list("pk", flat=True))
    done = [one for one in found if one not in lost]
    if not done:
        raise NothingToRetry(_("There is no address for it yet."))
    Letter.objects.filter(pk__in=done).update(
        state=LetterState.WAITING, due_at=now, failing_at=None, tries=0, digest=False
    )
    tell(Told(subject="letters", branch=by.branch or 0, data={"letters": done}, channels=(CHANNEL,)))
    return len(done)


def checked_mailbox(address: str) -> str:
    try:
        return rules.mailbox(address)
    except LetterMalformed as error:
        raise LetterMalformed(_("This is no e-mail address."), field="email") from error


def fingerprint(address: str) -> str:
    """The same address is the same recipient, also after it was erased."""
    return hashlib.sha256(address.lower().encode()).hexdigest()[:40]


def erase_outside(days: int) -> int:
    """Erase addresses and contents of letters outside that are old; that they were sent stays."""
    before = clock.now() - timedelta(days=days)
    old = Letter.objects.filter(person=None, posted_at__lt=before).exclude(address="")
    return old.update(address="", data={}, calendar="", link="")


def _checked(template: str, data: Mapping[str, Any], key: str, link: str) -> tuple[str, str]:
    """The kind and the data as text; what is malformed is a mistake of the room that posts."""
    known, text = template_of(template), as_json(dict(data))
    if not key or len(key) > LONGEST_KEY or len(text) > LONGEST_DATA:
        raise ValueError(f"a letter {template} has a key of 1 to 160 characters and little data")
    if link and not link.startswith("/"):
        raise ValueError("a letter leads to a page of ours")
    return known.kind, text


def _letter(key: str, kind: str, template: str, text: str, by: Actor, **more: Any) -> Letter:
    return Letter(
        key=key, kind=kind, template=template, data=json.loads(text), posted_by=by.key, posted_at=clock.now(),
        state=LetterState.WAITING, token=uuid.uuid4(), **more,
    )  # fmt: skip
