"""Pure decisions on visits 到访: how one stands, what may follow, what a draft may hold, who helps first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from counterpoint.kit.states import Machine, Move, State
from counterpoint.visits.data import Colleague, HandOffState, HelpState, VisitState

V, H, C = VisitState, HandOffState, HelpState

VISIT = Machine(
    name="visits.visit",
    title="A visit 到访",
    states=(
        State(V.WAITING, "waiting 等候", "anybody of the branch may begin to serve; the place stays"),
        State(V.SERVING, "being served 办理中", "one person serves; others look, or help"),
        State(V.PARKED, "parked 暂存", "place, draft and papers are kept until the customer comes back"),
        State(V.HANDED, "handed on 转交中", "the receiver accepts or returns it; its clock runs"),
        State(V.ENDED, "ended 已结束", "nothing, for good; its drafts are gone"),
    ),
    start=V.WAITING,
    moves=(
        Move(V.WAITING, V.SERVING, "somebody serves 开始办理"),
        Move(V.WAITING, V.ENDED, "the customer left 客户离开"),
        Move(V.SERVING, V.WAITING, "who served leaves the desk 离柜"),
        Move(V.SERVING, V.PARKED, "something is missing 暂存"),
        Move(V.SERVING, V.HANDED, "handed to a desk, a duty or a person 转交"),
        Move(V.SERVING, V.ENDED, "all is done 办结"),
        Move(V.PARKED, V.SERVING, "the customer is back 恢复办理"),
        Move(V.PARKED, V.ENDED, "the customer does not come back 关闭"),
        Move(V.HANDED, V.SERVING, "accepted 接收"),
        Move(V.HANDED, V.WAITING, "returned, withdrawn, or not accepted in time 退回/撤回/逾时退回"),
    ),
)

HAND_OFF = Machine(
    name="visits.hand_off",
    title="A visit's hand-off 转交",
    states=(
        State(H.OPEN, "open 待接收", "the receiver accepts or returns it, the giver withdraws it"),
        State(H.ACCEPTED, "accepted 已接收", "nothing; the receiver serves the visit"),
        State(H.RETURNED, "returned 已退回", "nothing; the visit waits for its giver"),
        State(H.LAPSED, "lapsed 逾时退回", "nothing; the visit waits for its giver"),
        State(H.WITHDRAWN, "withdrawn 已撤回", "nothing; the visit waits for its giver"),
    ),
    start=H.OPEN,
    moves=(
        Move(H.OPEN, H.ACCEPTED, "the receiver accepts, in time 接收"),
        Move(H.OPEN, H.RETURNED, "the receiver returns it and says why 退回"),
        Move(H.OPEN, H.LAPSED, "nobody accepted it before it was due 逾时"),
        Move(H.OPEN, H.WITHDRAWN, "the giver takes it back 撤回"),
    ),
)

HELP = Machine(
    name="visits.help",
    title="A call for help 求助",
    states=(
        State(C.CALLED, "called 求助中", "a qualified colleague joins, the asker withdraws"),
        State(C.JOINED, "joined 协助中", "the helper looks, or takes the visit over"),
        State(C.ENDED, "ended 已结束", "nothing"),
        State(C.WITHDRAWN, "withdrawn 已取消", "nothing"),
    ),
    start=C.CALLED,
    moves=(
        Move(C.CALLED, C.JOINED, "the first qualified colleague joins 加入协助"),
        Move(C.CALLED, C.WITHDRAWN, "the asker needs nobody any more 取消"),
        Move(C.JOINED, C.ENDED, "asker or helper ends it 结束协助"),
    ),
)

MOST_FIELDS = 60
LONGEST_NAME = 40
LONGEST_VALUE = 500
_CODE = re.compile(r"[a-z0-9][a-z0-9_]*\Z")
_OPERATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,15}\Z")
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z")
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")

#: A word of a field's name that says a secret stands in it. ``pinyin`` is one word, and none of these.
_SECRET = frozenset(
    {"pin", "pincode", "pwd", "passwd", "passcode", "passphrase", "cvv", "cvc", "cvn", "otp", "token"}
)
_SECRET_INSIDE = ("password", "passwd", "secret", "mima")


def state_of(*, ended: bool, serving: bool, handed: bool, parked: bool) -> VisitState:
    """How a visit stands, from the rows that are open."""
    if ended:
        return V.ENDED
    if serving:
        return V.SERVING
    if handed:
        return V.HANDED
    return V.PARKED if parked else V.WAITING


def hidden_letters(text: str) -> bool:
    """Has it letters that no table and no screen can show: NUL, controls, lone surrogates?"""
    return any(unicodedata.category(one) in {"Cc", "Cs"} and one not in "\n\r\t" for one in text)


def clean_words(text: object, longest: int) -> str | None:
    """What somebody wrote, trimmed; ``None`` when it cannot be kept as it is."""
    if not isinstance(text, str) or hidden_letters(text):
        return None
    trimmed = text.strip()
    return trimmed if len(trimmed) <= longest else None


def is_code(text: object, longest: int) -> bool:
    """Is it a code, such as ``missing_paper`` or ``1101``? Codes may stand in events, words may not."""
    return isinstance(text, str) and len(text) <= longest and _CODE.match(text) is not None


def is_operation(text: object) -> bool:
    return isinstance(text, str) and _OPERATION.match(text) is not None


def is_page(text: object) -> bool:
    """An address of this house, and no way out of it."""
    return (
        isinstance(text, str) and len(text) <= 200 and text.startswith("/")
        and not text.startswith("//") and "\\" not in text and text.isprintable()
    )  # fmt: skip


def is_secret(name: str) -> bool:
    """Does the field's name say that a password, a code or a token stands in it?"""
    parts = {part.lower() for part in _PARTS.findall(name)}
    return bool(parts & _SECRET) or any(word in name.lower() for word in _SECRET_INSIDE)


def trouble_with(fields: object) -> tuple[str, str] | None:
    """Why these fields cannot be kept as a draft: a word for it, and the field. ``None`` when they can."""
    if not isinstance(fields, Mapping):
        return "form", ""
    if len(fields) > MOST_FIELDS:
        return "many", ""
    for name, value in fields.items():
        if not isinstance(name, str) or len(name) > LONGEST_NAME or not _FIELD.match(name):
            return "name", str(name)[:LONGEST_NAME] if not hidden_letters(str(name)) else ""
        if is_secret(name):
            return "secret", name
        if isinstance(value, str):
            if len(value) > LONGEST_VALUE:
                return "long", name
            if hidden_letters(value):
                return "letters", name
        elif not isinstance(value, bool) and (type(value) is not int or abs(value) >= 2**63):
            return "type", name
    return None


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names of the fields that are not the same in both, in order. ``1`` and ``True`` differ."""
    nothing = object()

    def same(name: str) -> bool:
        one, other = before.get(name, nothing), after.get(name, nothing)
        return type(one) is type(other) and one == other

    return [name for name in sorted({*before, *after}) if not same(name)]


def still_confirmed(
    confirmed: Iterable[str], before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[str]:
    """A field stays confirmed as long as its value stays."""
    changed = set(differing(before, after))
    return sorted(name for name in confirmed if name in after and name not in changed)


def in_order_of_help(colleagues: Sequence[Colleague]) -> list[Colleague]:
    """Free before busy, of this branch before others, near before far, without a desk last; then by name."""
    return sorted(
        colleagues,
        key=lambda one: (
            not one.free, not one.here, one.distance is None, one.distance or 0, one.desk, one.person,
        ),
    )  # fmt: skip


def distance(one: str, other: str) -> int | None:
    """How far two desks lie from each other, by their numbers."""
    digits = [re.sub(r"\D", "", number) for number in (one, other)]
    return abs(int(digits[0]) - int(digits[1])) if all(digits) else None


def best_visit(
    visits: Sequence[tuple[int, VisitState, bool]],
) -> int | None:
    """Of a customer's open visits (id, state, handed to me) the one to go on with, oldest first.

    One handed to me; one that waits or is parked; one on its way to others or served by others, so
    that its refusal says where the customer is.
    """
    ranks = {V.WAITING: 1, V.PARKED: 1, V.HANDED: 2, V.SERVING: 3}
    open_ones = [(0 if mine else ranks[state], id) for id, state, mine in visits if state in ranks]
    return min(open_ones)[1] if open_ones else None


def missing_names(names: Collection[str], fields: Mapping[str, Any]) -> list[str]:
    """Names that are to be confirmed and stand in no field."""
    return sorted(set(names) - set(fields))
