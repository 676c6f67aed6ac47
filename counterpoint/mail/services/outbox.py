"""The outbox 发件: letters that are due are claimed one by one, handed over, and what came of it is kept.

That a letter is being sent is committed before the server hears of it. A process that dies in between
leaves it so; nobody knows then whether it went, and it becomes *uncertain*: shown, never sent again by
itself. So a mail goes at most once, unless a person decides otherwise (decision 0011).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.kit.watch import repeat
from counterpoint.mail import queries, rules
from counterpoint.mail.data import LetterState, LineDown, Outcome, Sent, Unsendable
from counterpoint.mail.models import Delivery, Letter, LineState
from counterpoint.mail.services import chats, composing, line
from counterpoint.mail.services.choosing import Bank
from counterpoint.mail.services.posting import CHANNEL, erase_outside
from counterpoint.org import services as org

EVERY_SECONDS = 2.0
#: One run sends so many; the loop comes back at once for the rest, unless it is told to stop.
RUN = 50
STALE = 500
#: Longer than all answers of a server together may take: after that, who claimed it is gone.
LEASE = timedelta(minutes=10)

CLAIM = """
UPDATE mail_letter SET state = 'sending', claimed_at = %(now)s, tries = tries + 1
 WHERE id = (SELECT id FROM mail_letter
              WHERE state = 'waiting' AND NOT digest AND bot_id IS {null} AND due_at <= %(now)s
              ORDER BY {order} LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""
CLAIMS = {
    False: CLAIM.format(null="NULL", order="urgent DESC, due_at, id"),
    True: CLAIM.format(null="NOT NULL", order="due_at, id"),
}
#: Whoever comes too late finds a letter uncertain; that it was sent is still worth knowing.
SETTLE = """
WITH kept AS (
  INSERT INTO mail_delivery (letter_id, outcome, words, at)
  VALUES (%(letter)s, %(outcome)s, %(words)s, %(now)s)
)
UPDATE mail_letter SET state = %(state)s, due_at = %(due)s, failing_at = %(failing)s
 WHERE id = %(letter)s AND state IN ('sending', 'uncertain')
"""
#: One letter a person out of what was to be gathered; whoever gathers at the same time takes other rows.
GATHER = """
WITH due AS (
  SELECT id, person_id FROM mail_letter
   WHERE state = 'waiting' AND digest AND due_at <= %(now)s
   ORDER BY due_at, person_id LIMIT 20000 FOR UPDATE SKIP LOCKED
), made AS (
  INSERT INTO mail_letter (key, recipient, person_id, address, kind, template, data, about, link, language,
                           urgent, digest, calendar, state, due_at, posted_at, posted_by)
  SELECT 'digest:' || max(due.id), 'person:' || due.person_id, due.person_id, '', 'mail', 'mail.digest', '{}',
         '', '/mail/mine/', coalesce(nullif(max(p.language), ''), %(language)s), false, false, '', 'waiting',
         %(now)s, %(now)s, 'system:0'
    FROM due LEFT JOIN mail_preference p ON p.person_id = due.person_id
   GROUP BY due.person_id
  RETURNING id, person_id
)
UPDATE mail_letter l SET state = 'gathered', parent_id = made.id
  FROM due JOIN made USING (person_id) WHERE l.id = due.id
"""


def claim(*, bots: bool = False) -> Letter | None:
    """Take the next letter that is due: from now on nobody else sends it."""
    # One statement, committed as such, before anybody outside hears of the letter.
    with connection.cursor() as cursor:
        cursor.execute(CLAIMS[bots], {"now": clock.now()})
        found = cursor.fetchone()
    return queries.to_send(found[0]) if found else None


def settle(letter: Letter, sent: Sent) -> None:
    """Keep what an attempt brought, and when it is tried again."""
    now, state, due, failing = clock.now(), LetterState.SENT, letter.due_at, letter.failing_at
    if sent.outcome is Outcome.PERMANENT:
        state = LetterState.FAILED
    elif sent.outcome is Outcome.UNCERTAIN:
        state = LetterState.UNCERTAIN
    elif sent.outcome is Outcome.TEMPORARY:
        failing = failing or now
        late = now - failing >= timedelta(hours=int(org.value(key="mail.give_up_hours", at=clock.today())))
        minutes = org.value(key="mail.retry_minutes", at=clock.today())
        state = LetterState.FAILED if late else LetterState.WAITING
        due = rules.again(letter.tries, minutes, now)
    given: dict[str, Any] = {
        "letter": letter.pk, "outcome": sent.outcome, "words": sent.words, "now": now, "state": state,
        "due": due, "failing": failing,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, given)


def send_due(*, limit: int = RUN) -> int:
    """Send what is due, mails and robots' messages; how many letters were tried."""
    if queries.digest_due(clock.now()):
        _gather(by=SYSTEM)
    if queries.stale(clock.now() - LEASE):
        _give_up_on_stale(by=SYSTEM)
    return _mails(limit) + _chats(limit)


def _mails(limit: int) -> int:
    if not line.configured() or not queries.is_due(clock.now(), bots=False):
        return 0
    done: list[Outcome] = []
    try:
        with line.Line() as opened:
            LineState.objects.filter(name="smtp").delete()
            _work(limit, done, lambda letter: _mail(opened, letter), bots=False)
    except LineDown as trouble:
        _note_line(str(trouble))
    if done:
        _report(outcomes=done, bots=False, by=SYSTEM)
    return len(done)


def _chats(limit: int) -> int:
    if not queries.is_due(clock.now(), bots=True):
        return 0
    done: list[Outcome] = []
    _work(limit, done, chats.deliver, bots=True)
    if done:
        _report(outcomes=done, bots=True, by=SYSTEM)
    return len(done)


def _work(limit: int, done: list[Outcome], send: Callable[[Letter], Sent], *, bots: bool) -> None:
    while len(done) < limit:
        letter = claim(bots=bots)
        if letter is None:
            return
        sent = send(letter)
        done.append(sent.outcome)
        settle(letter, sent)
        if bots:
            chats.judge(letter, sent)


def _mail(opened: line.Line, letter: Letter) -> Sent:
    to = letter.address or queries.home_of(letter)
    if not to:
        return Sent(Outcome.PERMANENT, "no address")
    if letter.person is not None and not letter.person.is_active:
        return Sent(Outcome.PERMANENT, "the account is suspended")
    try:
        mail = composing.message(letter, to)
    except Unsendable as refused:
        return Sent(Outcome.PERMANENT, rules.plain_words(str(refused)))
    sent, good = opened.send(mail, to)
    if not good:
        try:
            opened.reopen()
        except LineDown:
            settle(letter, sent)
            raise
    return sent


def _note_line(words: str) -> None:
    """Since when the server does not answer; shown to who answers for the post."""
    now = clock.now()
    LineState.objects.update_or_create(
        name="smtp",
        defaults={"at": now, "words": words},
        create_defaults={"at": now, "words": words, "since": now},
    )


@verb("mail.digest.gathered")
def _gather(*, by: Actor) -> None:
    """Make one letter a person of what waits for the digest 汇总邮件."""
    with connection.cursor() as cursor:
        cursor.execute(GATHER, {"now": clock.now(), "language": Bank.today().language})
        gathered = cursor.rowcount
    tell(Told(subject="letters", branch=0, data={"gathered": gathered}, channels=(CHANNEL,)))


@verb("mail.letter.lost_sight_of")
def _give_up_on_stale(*, by: Actor) -> None:
    """Letters whose sender died while sending: whether they went is not known 投递结果不明."""
    rows = list(
        Letter.objects.select_for_update(skip_locked=True)
        .filter(state=LetterState.SENDING, claimed_at__lt=clock.now() - LEASE)
        .order_by("pk")[:STALE]
    )
    Letter.objects.filter(pk__in=[row.pk for row in rows]).update(state=LetterState.UNCERTAIN)
    words = "the sender stopped while it was sending"
    Delivery.objects.bulk_create(
        Delivery(letter=row, outcome=Outcome.UNCERTAIN, words=words, at=clock.now()) for row in rows
    )
    data = {"letters": [row.pk for row in rows]}
    tell(Told(subject="letters", branch=0, data=data, channels=(CHANNEL,)))


@verb("mail.letter.sent")
def _report(*, outcomes: list[Outcome], bots: bool, by: Actor) -> None:
    """A run of the outbox 投递: how many went, and how many did not; each attempt is a row of its own."""
    counted = {str(one): outcomes.count(one) for one in dict.fromkeys(outcomes)}
    tell(Told(subject="letters", branch=0, data=counted | {"bots": bots}, channels=(CHANNEL,)))


def _turn(stop: threading.Event) -> None:
    """Everything that is due. Between runs it may stop, so that no letter is left in the middle."""
    while not stop.is_set() and send_due() >= RUN:
        pass
    erase_outside(int(org.value(key="mail.outside_days", at=clock.today())))


def watch(stop: threading.Event, *, every: float = EVERY_SECONDS) -> None:
    """Send what is due, until ``stop`` is set."""

    def turn() -> None:
        _turn(stop)

    repeat(turn, stop=stop, every=every)
