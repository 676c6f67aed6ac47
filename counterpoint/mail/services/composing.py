"""A letter as a mail, or as a robot's message: from its template's files, in the receiver's language.

Headers are set on the standard library's modern message: a line break in a name or a subject is an error
there, so that nobody writes headers of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from functools import cache
from html import escape
from typing import Any

from django.conf import settings
from django.template import Context, Engine, TemplateDoesNotExist, TemplateSyntaxError
from django.utils import timezone, translation

from counterpoint.kit import clock
from counterpoint.mail.data import Unsendable
from counterpoint.mail.models import Letter
from counterpoint.mail.services.catalogue import OWN, Template, template

#: A digest names so many letters; beyond, it says how many more there are.
DIGEST = 50
#: Every server takes seven bits.
POLICY = SMTP_POLICY.clone(cte_type="7bit")
METHOD = re.compile(r"^METHOD:(\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Text:
    """What a letter says."""

    subject: str
    body: str
    url: str


@cache
def _engine() -> Engine:
    # Plain text: nothing in it is HTML, and the HTML part is escaped when it is made.
    return Engine(app_dirs=True, autoescape=False)


@contextmanager
def _spoken(language: str) -> Iterator[None]:
    with translation.override("en" if language.startswith("en") else "zh-hans"):
        yield


def text_of(letter: Letter) -> Text:
    """The letter's subject and text in its language."""
    with _spoken(letter.language):
        more = _digest(letter) if letter.template == "mail.digest" else {}
        return _filled(letter.template, letter.language, letter.data | more, letter.link)


def _filled(name: str, language: str, data: dict[str, Any], link: str) -> Text:
    try:
        made = _engine().get_template(template(name).path(language)).render(Context(data))
    except (KeyError, TemplateDoesNotExist, TemplateSyntaxError) as error:
        raise Unsendable(f"{name}: {error}") from error
    subject, _, body = made.partition("\n")
    return Text(subject.strip(), body.strip(), f"{settings.SITE_URL}{link}" if link else "")


def _digest(letter: Letter) -> dict[str, Any]:
    rows = list(letter.gathered.order_by("id")[: DIGEST + 1])
    texts = [_filled(one.template, letter.language, one.data, one.link) for one in rows[:DIGEST]]
    more = letter.gathered.count() - DIGEST if len(rows) > DIGEST else 0
    return {"letters": texts, "count": len(texts) + more, "more": more}


def message(letter: Letter, address: str) -> EmailMessage:
    """The mail; raises ``Unsendable`` where its headers would be forged."""
    said = text_of(letter)
    with _spoken(letter.language):
        name = letter.person.name if letter.person is not None else ""
    made = EmailMessage(policy=POLICY)
    try:
        made["From"] = Mailbox(display_name=_house(letter.language), addr_spec=settings.MAIL_FROM)
        made["To"] = Mailbox(display_name=name, addr_spec=address)
        made["Subject"] = said.subject
    except (ValueError, IndexError) as error:
        raise Unsendable(f"header refused: {error}") from error
    domain = settings.MAIL_FROM.rpartition("@")[2]
    made["Date"] = timezone.localtime(clock.now())
    made["Message-ID"] = f"<{letter.token}@{domain}>"
    made["List-Id"] = f"<{letter.kind}.{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    foot = _foot(letter)
    made.set_content(_plain(said, foot))
    made.add_alternative(_html(said, foot, letter.language), subtype="html")
    if letter.calendar:
        made.add_attachment(
            letter.calendar.encode(), maintype="text", subtype="calendar", filename="invite.ics",
            params={"method": _method(letter.calendar), "charset": "utf-8"},
        )  # fmt: skip
    return made


def _method(calendar: str) -> str:
    """What a calendar program is to do with the file (RFC 6047): it must be what the file itself says."""
    return said[1] if (said := METHOD.search(calendar)) else "PUBLISH"


def _house(language: str) -> str:
    return "Counterpoint" if language.startswith("en") else "柜协"


def _foot(letter: Letter) -> str:
    """Why this came and where to change it; who is outside has no account."""
    if letter.person_id is None or letter.kind == OWN:
        return ""
    path = Template("mail.foot", OWN).path(letter.language)
    context = Context({"url": f"{settings.SITE_URL}/mail/mine/"})
    return _engine().get_template(path).render(context).strip()


def _plain(said: Text, foot: str) -> str:
    parts = [said.body, said.url, f"-- \n{foot}" if foot else ""]
    return "\n\n".join(part for part in parts if part) + "\n"


def _html(said: Text, foot: str, language: str) -> str:
    """The same as simple HTML: no style, no picture, nothing that is fetched."""
    paragraphs = [part for part in said.body.split("\n\n") if part.strip()]
    lines = [f"<h1>{escape(said.subject)}</h1>"]
    lines += [f"<p>{'<br>'.join(escape(line) for line in part.splitlines())}</p>" for part in paragraphs]
    if said.url:
        lines.append(f'<p><a href="{escape(said.url)}">{escape(said.url)}</a></p>')
    if foot:
        lines.append(f"<hr><p><small>{escape(foot)}</small></p>")
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><body>{"".join(lines)}</body></html>'
    )
