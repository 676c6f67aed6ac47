"""Reads of the room, as views from ``data.py``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from counterpoint.mail.data import TROUBLED, Arrived, BotKind, LetterState, Line, Page, Standing
from counterpoint.mail.data import Bot as BotView
from counterpoint.mail.models import WAITING, Address, Bot, BotState, Delivery, Letter, LineState

SIZE = 40
COUNTED = 10_000
LONGEST_MAIL = 1 << 20


def is_due(at: datetime, *, bots: bool) -> bool:
    due = Letter.objects.filter(WAITING, bot__isnull=not bots, due_at__lte=at)
    return due.exists()


def digest_due(at: datetime) -> bool:
    return Letter.objects.filter(state=LetterState.WAITING, digest=True, due_at__lte=at).exists()


def stale(before: datetime) -> bool:
    return Letter.objects.filter(state=LetterState.SENDING, claimed_at__lt=before).exists()


def to_send(id: int) -> Letter:
    """A letter with its receiver and where they are written to, in one question."""
    home = Address.objects.filter(pk=OuterRef("person")).values("email")[:1]
    rows = Letter.objects.select_related("person", "bot")
    return rows.annotate(home=Coalesce(Subquery(home), Value(""))).get(pk=id)


def home_of(letter: Letter) -> str:
    return str(getattr(letter, "home", ""))


def addressed() -> QuerySet[Address, Any]:
    return Address.objects.exclude(email="").values("pk")


def taking(kind: str, branches: Sequence[int]) -> list[Bot]:
    """The robots of these branches that are on and say letters of this kind."""
    found = Bot.objects.filter(branch_id__in=branches, on=True, kinds__contains=[kind])
    return list(found.order_by("pk")[:500])


def letters(*, show: str = "", person: int | None = None, bot: int | None = None, page: int = 1) -> Page:
    """A page of letters, the newest first: of all, of one person, of one robot; failed ones only."""
    found = Letter.objects.select_related("person", "bot").order_by("-pk")
    if person is not None:
        found = found.filter(person=person)
    if bot is not None:
        found = found.filter(bot=bot)
    if show == "failed":
        found = found.filter(state__in=[str(one) for one in TROUBLED])
    elif show == "waiting":
        found = found.filter(state__in=[LetterState.WAITING, LetterState.SENDING])
    last = Delivery.objects.filter(letter=OuterRef("pk")).order_by("-pk").values("words")[:1]
    found = found.annotate(said=Coalesce(Subquery(last), Value("")))
    rows: list[Any] = list(found[(page - 1) * SIZE : page * SIZE + 1])
    return Page(tuple(_line(row) for row in rows[:SIZE]), len(rows) > SIZE)


def _line(row: Any) -> Line:
    if row.person is not None:
        to = f"{row.person.name} {row.person.username}"
    else:
        to = row.bot.name if row.bot is not None else _masked(row.address)
    return Line(
        id=row.pk, to=to, person=row.person_id, subject=title(row), kind=row.kind,
        state=LetterState(row.state), posted=row.posted_at, due=row.due_at, tries=row.tries, words=row.said,
        digest=row.digest,
    )  # fmt: skip


def title(row: Letter) -> str:
    """What the letter is about, in the language of who looks at the list."""
    english = (get_language() or "zh").startswith("en")
    given = row.data
    return str((given.get("title_en") if english else "") or given.get("title") or "")


def _masked(address: str) -> str:
    """A customer's address in a list: enough to tell two apart."""
    name, _, host = address.partition("@")
    return f"{name[:2]}***@{host}" if address else "—"


def standing() -> Standing:
    """How the post stands."""
    waiting = Letter.objects.filter(state__in=[LetterState.WAITING, LetterState.SENDING])[:COUNTED].count()
    troubled = Letter.objects.filter(state__in=[str(one) for one in TROUBLED])[:COUNTED].count()
    down = LineState.objects.filter(name="smtp").first()
    return Standing(
        waiting, troubled, down.since if down else None, down.words if down else "",
        configured=bool(settings.SMTP_HOST),
    )  # fmt: skip


def troubled_ids(limit: int) -> list[int]:
    """What failed and can be sent again: it has an address."""
    found = Letter.objects.filter(state__in=[str(one) for one in TROUBLED])
    home = Exists(Address.objects.filter(pk=OuterRef("person")).exclude(email=""))
    found = found.filter(Q(home) | ~Q(address="") | Q(bot__isnull=False))
    return list(found.order_by("pk").values_list("pk", flat=True)[:limit])


def bot(row: Bot, words: str = "") -> BotView:
    return BotView(
        id=row.pk, kind=BotKind(row.kind), branch=row.branch_id, name=row.name, language=row.language,
        kinds=tuple(row.kinds), on=row.on, failures=row.failures, words=words,
    )  # fmt: skip


def bots(*, branches: Sequence[int] | None = None) -> list[BotView]:
    """Every robot, or those of some branches; those that are on first."""
    last = BotState.objects.filter(bot=OuterRef("pk")).order_by("-pk").values("note")[:1]
    found = Bot.objects.annotate(note=Coalesce(Subquery(last), Value("")))
    if branches is not None:
        found = found.filter(branch_id__in=branches)
    rows: list[Any] = list(found.order_by("-on", "branch_id", "pk")[:200])
    return [bot(row, row.note) for row in rows]


def addresses(*, page: int = 1) -> tuple[list[Address], bool]:
    found = Address.objects.select_related("person").order_by("person__username")
    rows = list(found[(page - 1) * SIZE : page * SIZE + 1])
    return rows[:SIZE], len(rows) > SIZE


# ---- the bundled test server -------------------------------------------------------------------------


def arrived(*, limit: int = 100) -> list[Arrived]:
    """The newest mails that the bundled test server took; none where another server is used."""
    if not settings.MAIL_FOLDER:
        return []
    names = sorted((path.name for path in Path(settings.MAIL_FOLDER).glob("*.eml")), reverse=True)
    return [_arrived(name) for name in names[:limit]]


def one_arrived(name: str) -> Arrived | None:
    """One of them, as it came."""
    known = (
        {path.name for path in Path(settings.MAIL_FOLDER).glob("*.eml")} if settings.MAIL_FOLDER else set()
    )
    return _arrived(name, whole=True) if name in known else None


def _arrived(name: str, *, whole: bool = False) -> Arrived:
    with (Path(settings.MAIL_FOLDER) / name).open("rb") as file:
        mail = message_from_bytes(file.read(LONGEST_MAIL), policy=default)
    assert isinstance(mail, EmailMessage)
    headers = tuple((key, str(value)) for key, value in mail.items()) if whole else ()
    part = mail.get_body(("plain",)) if whole else None
    return Arrived(
        name=name, to=str(mail.get("To", "")), subject=str(mail.get("Subject", "")),
        at=getattr(mail.get("Date"), "datetime", None), headers=headers,
        text=part.get_content() if part else "",
    )  # fmt: skip
