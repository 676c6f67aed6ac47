"""Where people are written to 工作邮箱: from the directory, or an address of their own that they verified."""

from __future__ import annotations

from collections.abc import Mapping

from django.core import signing
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, NotAllowed, Told
from counterpoint.kit.keys import new_key
from counterpoint.kit.verbs import tell, verb
from counterpoint.mail import rules
from counterpoint.mail.data import LetterMalformed, LetterState, MailAddress
from counterpoint.mail.models import Address, Letter
from counterpoint.mail.services import posting
from counterpoint.people import services as people
from counterpoint.people.data import Duty

SALT = "counterpoint.mail.address"
#: A link by mail proves who reads the mailbox; it is followed within a day.
DAY = 24 * 3600
BATCH = 1000


def address_of(person: int) -> MailAddress:
    """Where a person is written to; empty where nobody has said."""
    row = Address.objects.filter(pk=person).first()
    return MailAddress(person, row.email, row.source, row.wanted) if row else MailAddress(person, "", "")


@verb("mail.address.set")
def set_addresses(*, addresses: Mapping[int, str], by: Actor) -> int:
    """Take addresses over from the directory 导入工作邮箱; letters that lacked one go now. How many."""
    people.check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=by.branch or 0)
    now = clock.now()
    rows = [
        Address(person_id=person, email=posting.checked_mailbox(email), source="directory", at=now)
        for person, email in sorted(addresses.items())
    ]
    Address.objects.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=["person"],
        update_fields=["email", "source", "at"],
    )  # fmt: skip
    freed = _free(list(addresses))
    data = {"people": sorted(addresses)[:100], "count": len(rows), "freed": freed}
    tell(Told(subject="addresses", branch=by.branch or 0, data=data, channels=(posting.CHANNEL,)))
    return len(rows)


@verb("mail.address.asked")
def ask_address(*, email: str, by: Actor) -> None:
    """Ask for letters at another address 申请更换邮箱: a link is sent there, and following it proves it."""
    if by.kind is not ActorKind.PERSON:
        raise NotAllowed(_("Letters are for people."))
    wanted, now = posting.checked_mailbox(email), clock.now()
    Address.objects.update_or_create(person_id=by.id, defaults={"wanted": wanted, "wanted_at": now})
    token = signing.dumps([by.id, wanted], salt=SALT)
    key = f"verify:{new_key()}"
    posting.post(
        to=[by.id], template="mail.verify", data={}, key=key, link=f"/mail/verification/{token}/", by=by
    )  # fmt: skip
    Letter.objects.filter(key=key).update(address=wanted, state=LetterState.WAITING)
    tell(Told(subject=by.key, branch=by.branch or 0, data={"asked": True}, channels=(by.key,)))


@verb("mail.address.verified")
def verify_address(*, token: str, by: Actor) -> str:
    """Whoever follows the link reads that mailbox 验证邮箱: it is theirs from now on."""
    try:
        person, email = signing.loads(token, salt=SALT, max_age=DAY)
    except signing.BadSignature as error:
        raise LetterMalformed(_("This link is not valid any more. Ask for another one.")) from error
    row = Address.objects.select_for_update().filter(pk=by.id).first()
    if person != by.id or row is None or row.wanted != email:
        raise LetterMalformed(_("This link is not valid any more. Ask for another one."))
    Address.objects.filter(pk=by.id).update(
        email=email, source="own", at=clock.now(), wanted="", wanted_at=None
    )
    data = {"freed": _free([by.id])}
    tell(Told(subject=by.key, branch=by.branch or 0, data=data, channels=(by.key,)))
    return rules.plain_words(email)


def _free(persons: list[int]) -> int:
    """Letters that waited for an address."""
    waiting = Letter.objects.filter(person__in=persons, state=LetterState.UNADDRESSED)
    return waiting.update(state=LetterState.WAITING)
