"""Robots of group chats 群机器人: added with a secret address, tried, turned off when they fail too often."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, Told, Why
from counterpoint.kit.keys import new_key
from counterpoint.kit.verbs import tell, verb
from counterpoint.mail import queries, rules
from counterpoint.mail.data import (
    LANGUAGES,
    BotKind,
    BotRefused,
    LetterMalformed,
    Outcome,
    Sent,
    UnknownLetter,
    Unsendable,
)
from counterpoint.mail.data import Bot as BotView
from counterpoint.mail.models import Bot, BotState, Letter
from counterpoint.mail.services import composing, hooks, posting
from counterpoint.mail.services.catalogue import announced_kinds
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty


def _box() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = [hashlib.sha256(f"counterpoint.mail.bot\x1f{secret!s}".encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def _hosts() -> Sequence[str]:
    return tuple(org.value(key="mail.bot_hosts", at=clock.today()))


def _check(by: Actor, branch: int) -> None:
    people.check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=branch)


@verb("mail.bot.added")
def add_bot(
    *, kind: BotKind, branch: int, name: str, address: str, kinds: Sequence[str], by: Actor,
    language: str = "zh-hans", signing_secret: str = "",
) -> BotView:  # fmt: skip
    """Add a robot of a branch, or with 0 of the whole bank 添加机器人; its address is never shown again."""
    _check(by, branch)
    token = rules.bot_token(BotKind(kind), address, _hosts())
    if not token:
        raise BotRefused(
            _("This is no address of such a robot to which the bank sends."),
            why=Why(
                rule=_("Robots are reached by HTTPS at the hosts that the bank allows."),
                source="mail.bot_hosts",
                remedy=_("Copy the whole address from the robot's page; or have the rule changed."),
            ),
            field="address",
        )  # fmt: skip
    words = name.strip()
    if not words or len(words) > 60 or language not in LANGUAGES or set(kinds) - set(announced_kinds()):
        raise LetterMalformed(_("A robot needs a name, and the kinds of letters that it says."), field="name")
    kept = _box().encrypt(f"{address.strip()}\n{signing_secret.strip()}".encode()).decode()
    row = Bot.objects.create(
        kind=BotKind(kind), branch_id=branch, name=words, secret=kept, language=language,
        kinds=sorted(set(kinds)), added_by_id=by.id, added_at=clock.now(),
    )  # fmt: skip
    BotState.objects.create(bot=row, on=True, who=by.key, at=clock.now())
    tell(_told(row, {"name": words, "kind": str(row.kind), "kinds": row.kinds}))
    return queries.bot(row)


@verb("mail.bot.turned")
def turn_bot(*, bot: int, on: bool, by: Actor, note: str = "") -> None:
    """Turn a robot off or on again 停用或启用机器人."""
    row = _locked(bot)
    _check(by, row.branch_id)
    Bot.objects.filter(pk=row.pk).update(on=on, failures=0)
    BotState.objects.create(bot=row, on=on, who=by.key, at=clock.now(), note=note[:300])
    tell(_told(row, {"on": on, "note": note[:300]}))


def try_bot(*, bot: int, by: Actor) -> None:
    """Let a robot say that it works 测试机器人: a letter like any other, so that its delivery is seen."""
    row = Bot.objects.filter(pk=bot).first()
    if row is None:
        raise UnknownLetter(_("There is no such robot."))
    _check(by, row.branch_id)
    _try(row=row, by=by)


@verb("mail.bot.tried")
def _try(*, row: Bot, by: Actor) -> None:
    """Ask a robot for a sign of life 测试机器人."""
    made = Letter(
        key=f"try:{new_key()}", recipient=f"bot:{row.pk}", bot=row, kind="mail", template="mail.trial",
        data={}, language=row.language, state="waiting", due_at=clock.now(), posted_by=by.key,
        posted_at=clock.now(),
    )  # fmt: skip
    made.save()
    tell(_told(row, {"letter": made.pk}))


def deliver(letter: Letter) -> Sent:
    """Hand a letter to its robot."""
    bot = letter.bot
    if bot is None or (not bot.on and letter.template != "mail.trial"):
        return Sent(Outcome.PERMANENT, "the robot is turned off")
    try:
        address, _sep, secret = _box().decrypt(bot.secret.encode()).decode().partition("\n")
        said = composing.text_of(letter)
    except (InvalidToken, Unsendable) as error:
        return Sent(Outcome.PERMANENT, rules.plain_words(f"{type(error).__name__} {error}"))
    token = rules.bot_token(BotKind(bot.kind), address, _hosts())
    if not token:
        return Sent(Outcome.PERMANENT, "the bank does not send to this host")
    body = "\n".join(part for part in (said.body, said.url) if part)
    return hooks.send(BotKind(bot.kind), token, secret, said.subject, body, address)


def judge(letter: Letter, sent: Sent) -> None:
    """Count what fails in a row; a robot that fails too often is turned off, and who added it is told."""
    bot = letter.bot
    if bot is None:
        return
    if sent.outcome is Outcome.DELIVERED:
        if bot.failures:
            Bot.objects.filter(pk=bot.pk).update(failures=0)
        return
    most = int(org.value(key="mail.bot_failures", at=clock.today()))
    Bot.objects.filter(pk=bot.pk).update(failures=bot.failures + 1)
    if bot.on and bot.failures + 1 >= most:
        _turn_off(bot=bot.pk, words=sent.words, by=SYSTEM)


@verb("mail.bot.failed")
def _turn_off(*, bot: int, words: str, by: Actor) -> None:
    """Turn off a robot that failed too often in a row 机器人连续失败停用."""
    row = _locked(bot)
    Bot.objects.filter(pk=bot).update(on=False)
    BotState.objects.create(bot=row, on=False, who=by.key, at=clock.now(), note=words)
    posting.post(
        to=[row.added_by_id], template="mail.bot_off", data={"name": row.name, "words": words},
        key=f"bot-off:{new_key()}", link="/mail/bots/", by=by,
    )  # fmt: skip
    tell(_told(row, {"words": words}))


def _locked(bot: int) -> Bot:
    row = Bot.objects.select_for_update().filter(pk=bot).first()
    if row is None:
        raise UnknownLetter(_("There is no such robot."))
    return row


def _told(row: Bot, data: dict[str, object]) -> Told:
    return Told(
        subject=f"bot:{row.pk}", branch=row.branch_id, data=data,
        channels=(posting.CHANNEL, f"person:{row.added_by_id}"),
    )  # fmt: skip
