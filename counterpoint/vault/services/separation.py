"""印、押、证 apart: no one person holds what only several may use together."""

from __future__ import annotations

from django.db import connection
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from counterpoint.kit import clock
from counterpoint.kit.data import Why
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.vault import rules_vouchers as rules
from counterpoint.vault.data_vouchers import NotSeparated, Part
from counterpoint.vault.labels_vouchers import PARTS
from counterpoint.vault.models import Custody
from counterpoint.vault.models_vouchers import Seal, VoucherStock

RULE = "vouchers.seal_separation"


def parts_of(person: int) -> set[Part]:
    """Which of the parts a person answers for now."""
    held = {Part(part) for part in Seal.objects.filter(custodian=person).values_list("part", flat=True)}
    boxes = Custody.objects.filter(person=person, until=None).values("box")
    if VoucherStock.objects.filter(Q(box__in=boxes), kind__separated=True, held__gt=0).exists():
        held.add(Part.VOUCHER)
    return held - {Part.NONE}


def box_has_separated(box: int) -> bool:
    """Does the box hold forms that need seal and code in other hands?"""
    return VoucherStock.objects.filter(box=box, kind__separated=True, held__gt=0).exists()


def check_separation(
    *, person: int, branch: int, adding: Part = Part.NONE, adding_vouchers: bool = False,
    coming: frozenset[Part] = frozenset(),
) -> None:  # fmt: skip
    """Refuse what would bring the parts together in ``person``'s hand. Inside the change's transaction.

    Two changes for one person wait for each other here: each would see only half.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"separation:{person}"])
    parts = parts_of(person) | {adding} | set(coming) | ({Part.VOUCHER} if adding_vouchers else set())
    number = int(org.value(key=RULE, at=clock.today()))
    found = rules.together(parts - {Part.NONE}, number)
    if found:
        names = " + ".join(str(PARTS[part]) for part in found)
        raise NotSeparated(
            format_lazy(_("{person} would hold {parts} together."),
                        person=people.person(person).name, parts=names),
            why=Why(rule="vouchers.seal_separation", remedy=str(_("Give one of them to somebody else."))),
            person=person, parts=[str(part) for part in found],
        )  # fmt: skip
