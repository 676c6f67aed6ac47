"""The kinds of subjects of this room and of the rooms below, for links of cases."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.customers import services as customers
from counterpoint.kit.data import Actor, Malformed, NotFound
from counterpoint.ledger import services as ledger
from counterpoint.visits.data_cases import LinkLabel
from counterpoint.visits.models import Visit
from counterpoint.visits.models_cases import Case
from counterpoint.visits.services.cases_access import sees
from counterpoint.visits.services.cases_links import SubjectKind, register_subject, whole


def _numbered(mark: str, text: str) -> int | None:
    """``V000012`` or ``12`` → 12."""
    plain = text.strip().upper()
    return whole(plain.removeprefix(mark))


def _entry_known(id: int, by: Actor) -> bool:
    try:
        ledger.entry(id)
    except NotFound:
        return False
    return True


def _entry(text: str, by: Actor) -> int | None:
    id = whole(text)
    return id if id is not None and _entry_known(id, by) else None


def _entries(ids: list[int], by: Actor) -> dict[int, LinkLabel]:
    return {
        id: LinkLabel(_("Entry %(id)s") % {"id": id}, reverse("ledger:entry", args=[id]), "book")
        for id in ids
    }


def _account_known(id: int, by: Actor) -> bool:
    return id in ledger.accounts([id])


def _account(text: str, by: Actor) -> int | None:
    try:
        return ledger.account_by_number("".join(text.split())).id
    except (NotFound, Malformed):
        return None


def _accounts(ids: list[int], by: Actor) -> dict[int, LinkLabel]:
    return {
        id: LinkLabel(one.number, reverse("ledger:account", args=[id]), "credit-card")
        for id, one in ledger.accounts(ids).items()
    }


def _party_known(id: int, by: Actor) -> bool:
    try:
        customers.party(id)
    except NotFound:
        return False
    return True


def party_named(text: str) -> int | None:
    """The customer with this customer number, or of the account with this number."""
    plain = "".join(text.split())
    try:
        account = ledger.account_by_number(plain)
    except (NotFound, Malformed):
        try:
            return customers.party_by_number(number=plain.upper()).id
        except NotFound:
            return None
    parties = customers.parties_of_account(account.id)
    return parties[0][0].id if parties else None


def _parties(ids: list[int], by: Actor) -> dict[int, LinkLabel]:
    return {
        id: LinkLabel(f"{one.name} {one.number}", reverse("customers:page", args=[id]), "user")
        for id, one in customers.parties_by_id(ids).items()
    }


def _visit_known(id: int, by: Actor) -> bool:
    return Visit.objects.filter(pk=id, branch_id=by.branch or 0).exists()


def _visit(text: str, by: Actor) -> int | None:
    id = _numbered("V", text)
    return id if id is not None and _visit_known(id, by) else None


def _visits(ids: list[int], by: Actor) -> dict[int, LinkLabel]:
    return {id: LinkLabel(f"V{id:06d}", reverse("visits:visit", args=[id]), "users") for id in ids}


def _case_known(id: int, by: Actor) -> bool:
    row = Case.objects.select_related("team").filter(pk=id).first()
    return row is not None and sees(row, by)


def _case(text: str, by: Actor) -> int | None:
    id = _numbered("C", text)
    return id if id is not None and _case_known(id, by) else None


def _cases(ids: list[int], by: Actor) -> dict[int, LinkLabel]:
    """The numbers; title and address only of those that the reader may see."""
    found = {}
    for row in Case.objects.select_related("team").filter(Q(pk__in=ids)):
        seen = sees(row, by)
        url = reverse("visits:case", args=[row.pk]) if seen else ""
        found[row.pk] = LinkLabel(f"{row} {row.title}" if seen else str(row), url, "list-check")
    return found


def appear() -> None:
    """Enter the kinds."""
    register_subject("entry", SubjectKind(gettext_lazy("Entry"), _entry, _entry_known, _entries))
    register_subject("account", SubjectKind(gettext_lazy("Account"), _account, _account_known, _accounts))
    register_subject("party", SubjectKind(gettext_lazy("Customer"), lambda text, by: party_named(text),
                                          _party_known, _parties))  # fmt: skip
    register_subject("visit", SubjectKind(gettext_lazy("Customer's visit"), _visit, _visit_known, _visits))
    register_subject("case", SubjectKind(gettext_lazy("Case"), _case, _case_known, _cases))
