"""The visit behind a form 当前到访: its draft fills it in, and what others entered is confirmed first."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from counterpoint.kit.data import Why
from counterpoint.people import services as people
from counterpoint.teller.forms import FORMS, OperationForm
from counterpoint.teller.operations import OPERATIONS
from counterpoint.vault import services as vault
from counterpoint.visits import services as visits
from counterpoint.visits.data import DraftUnconfirmed, DraftView, UnknownDraft

#: What a teller ticks says what that teller has done; nobody else's tick is taken over.
OATHS = "id_"


def key_of(request: HttpRequest) -> UUID | None:
    """What correlates everything that is done for this visit."""
    visit = visits.visit_served(request)
    return visit.key if visit else None


def draft_of(request: HttpRequest, code: str) -> DraftView | None:
    """What lies with that visit for this operation."""
    visit = visits.visit_served(request)
    if visit is None:
        return None
    with suppress(UnknownDraft):
        return visits.draft(visit.id, code)
    return None


def fill(form: OperationForm, request: HttpRequest, code: str) -> OperationForm:
    """The newly opened form with what the draft holds; passwords never were in it."""
    draft = draft_of(request, code)
    if draft is None:
        return form
    own = draft.person == people.actor_from(request).id
    for name, value in draft.fields.items():
        if name in form.fields and _may_fill(form.fields[name], name, own):
            form.initial[name] = value
    for line in getattr(form, "lines", None) or ():
        kept = {name: draft.fields.get(line.add_prefix(name)) for name in line.fields}
        line.initial |= {name: value for name, value in kept.items() if value not in (None, "")}
    return form


def _may_fill(field: forms.Field, name: str, own: bool) -> bool:
    return not isinstance(field.widget, forms.PasswordInput | forms.HiddenInput) and (
        own or not name.startswith(OATHS)
    )


def context(request: HttpRequest, code: str) -> dict[str, Any]:
    """What the form has to know of the visit: the draft's version, and the fields to be confirmed."""
    draft = draft_of(request, code)
    names = visits.unconfirmed(draft) if draft else []
    marks = {"faces" if name.startswith("faces_") else name for name in names}
    return {"visit": visits.visit_served(request), "draft": draft, "marks": marks}


def check_confirmed(request: HttpRequest, code: str) -> None:
    """Keep what the teller has ticked; refuse as long as a critical field is nobody's but the customer's."""
    draft, visit = draft_of(request, code), visits.visit_served(request)
    if draft is None or visit is None:
        return
    ticked = set(request.POST.getlist("confirmed"))
    open_ones = visits.unconfirmed(draft)
    names = [one for one in open_ones if one in ticked or ("faces" in ticked and one.startswith("faces_"))]
    if names:
        draft = visits.confirm_fields(
            visit=visit.id, operation=code, names=names, version=draft.version, by=people.actor_from(request)
        )
        open_ones = visits.unconfirmed(draft)
    if open_ones:
        words = visits.operation_words(code)
        raise DraftUnconfirmed(
            _("Confirm with the customer what was filled in before the counter."),
            why=Why(
                rule="、".join(words.label(name) for name in words.ordered(open_ones)),
                remedy=_("Enter in the field, or its tick, confirms it."),
            ),
            fields=open_ones,
        )


def done(request: HttpRequest, code: str) -> None:
    """The operation was done: its draft is over."""
    visit = visits.visit_served(request)
    if visit is not None:
        with suppress(UnknownDraft):
            visits.end_draft(visit=visit.id, operation=code, by=people.actor_from(request))


def _describe(code: str) -> visits.OperationWords | None:
    """An operation with the labels of its form, for whoever shows a draft."""
    operation = OPERATIONS.get(code)
    if operation is None:
        return None
    form = FORMS[code]()
    labels: dict[str, str] = {name: str(field.label) for name, field in form.fields.items()}
    for name in labels:
        if name.startswith("faces_"):
            labels[name] = str(vault.face_name(name.removeprefix("faces_"), form.money))
    for at, line in enumerate(getattr(form, "lines", None) or (), 1):
        labels |= {line.add_prefix(name): f"{field.label} {at}" for name, field in line.fields.items()}
    choices = {
        name: _choices(field) for name, field in form.fields.items() if isinstance(field, forms.ChoiceField)
    }
    title = operation.name(get_language() or "zh")
    return visits.OperationWords(code, title, operation.duty, labels, choices)


def _choices(field: forms.ChoiceField) -> dict[str, str]:
    given: Any = field.choices
    return {str(value): str(words) for value, words in given}


#: What the timeline of a visit calls what is not an operation itself.
_MOMENTS = (
    ("teller.quote.made", "试算", "Quoted"),
    ("teller.quote.cancelled", "放弃试算", "Quote given up"),
    ("teller.cash.paid", "现金付讫", "Cash handed over"),
    ("teller.receipt.printed", "打印回单", "Receipt printed"),
    ("teller.account.closed", "销户", "Account closed"),
    ("teller.loss.recorded", "挂失", "Loss recorded"),
    ("teller.password.failed", "客户密码错误", "Wrong password of the customer"),
)


def appear() -> None:
    """Tell the room of visits what the operations, their fields and their events are called."""
    visits.register_operations(_describe)
    for verb, zh, en in _MOMENTS:
        visits.register_words(verb, zh, en)
    for one in {one.verb: one for one in OPERATIONS.values()}.values():
        visits.register_words(one.verb, one.zh, one.en)
