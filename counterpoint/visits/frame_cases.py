"""How cases appear: in the rail, on top, in Ctrl+K, on the pages of rooms below, and live."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Refusal
from counterpoint.papers import services as papers
from counterpoint.people.data import Duty
from counterpoint.people.services import actor_from, can
from counterpoint.ui import services as ui
from counterpoint.ui.data import Column, PaletteItem, Waiting
from counterpoint.vault import services as vault
from counterpoint.vault.data import PartView
from counterpoint.visits import closing_cases, home, queries_cases
from counterpoint.visits.access_cases import may_use_cases
from counterpoint.visits.data_cases import TeamView
from counterpoint.visits.services import cases_subjects
from counterpoint.visits.services.cases import case, cases_open
from counterpoint.visits.services.cases_access import WATCHERS, sees_board
from counterpoint.visits.services.cases_papers import reader
from counterpoint.visits.services.teams import teams_of
from counterpoint.visits.services.timeline import register_words

#: Where team channels are heard: the pages of cases, and the renewal of their pass.
HEARING = {"visits:cases", "visits:case_board", "visits:case", "ui:ticket"}
#: Pages of rooms below that show the cases of their thing.
PAGES = {"customers.party": "party", "ledger.account": "account"}


def boards(request: HttpRequest) -> list[TeamView]:
    """The teams whose boards the person may look at; found once a request."""
    known: list[TeamView] | None = request.__dict__.get("_case_boards")
    if known is None:
        by = actor_from(request)
        watches = any(can(request, duty) for duty in (Duty.BOARD, *WATCHERS))
        known = [
            one for one in teams_of(branch=by.branch or 0)
            if (watches or can(request, Duty(one.duty)) if one.branch else sees_board(one, by))
        ]  # fmt: skip
        request.__dict__["_case_boards"] = known
    return known


def channels(request: HttpRequest) -> tuple[str, ...]:
    """The teams whose boards the person may look at."""
    match = request.resolver_match
    if match is None or match.view_name not in HEARING or not _uses(request):
        return ()
    return tuple(f"team:{one.id}" for one in boards(request))


def _uses(request: HttpRequest) -> bool:
    return request.user.is_authenticated and may_use_cases(request)


def waiting(request: HttpRequest) -> Waiting | None:
    """Cases in my hands on which I can work now."""
    if not _uses(request):
        return None
    count, oldest = queries_cases.in_hands(actor_from(request).id)
    return Waiting(count, oldest)


def palette(request: HttpRequest, query: str) -> Iterable[PaletteItem]:
    """A case by its number, the boards, and a new one."""
    if not _uses(request):
        return
    yield PaletteItem(title=_("New case"), url=reverse("visits:case_new"), icon="plus")
    number = query.strip().upper().removeprefix("C")
    if query.strip()[:1] not in ("c", "C") or not number.isascii() or not number.isdigit() or len(number) > 9:
        return
    try:
        found = case(int(number), by=actor_from(request))
    except Refusal:
        return
    url = reverse("visits:case", args=[found.id])
    yield PaletteItem(title=f"{found.number} {found.title}", url=url, icon="list-check", found=True)


def _section(kind: str, request: HttpRequest, id: int) -> str | None:
    return reverse("visits:cases_about", args=[kind, id]) if may_use_cases(request) else None


def _open_cases(giver: int, branch: int) -> PartView | None:
    """Open cases of the giver, which a hand-over package names 未结协同事项."""
    lines = tuple(
        (f"协同事项 {one.number}", f"Case {one.number}", "1", 0) for one in cases_open(branch, giver)
    )  # fmt: skip
    if not lines:
        return None
    return PartView(key="team_cases", title_zh="未结协同事项", title_en="Cases in hand", lines=lines)


#: What the verbs of a case are called on the timeline of its visit.
WORDS = (
    ("visits.case.opened", "新建协同事项", "Case opened"),
    ("visits.case.taken", "认领协同事项", "Case taken up"),
    ("visits.case.assigned", "指派协同事项", "Case given to a colleague"),
    ("visits.case.handed", "转交协同事项", "Case handed to another team"),
    ("visits.case.moved", "协同事项流转", "Case moved on"),
    ("visits.case.edited", "修改协同事项", "Case changed"),
    ("visits.case.linked", "关联协同事项", "Something linked to the case"),
    ("visits.case.unlinked", "取消协同事项关联", "Link of the case taken away"),
    ("visits.case_item.ticked", "协同事项检查", "Check of the case"),
    ("visits.case_paper.asked_for", "增加应收资料", "Paper asked for"),
    ("visits.case_paper.handed_in", "收到资料", "Paper handed in"),
    ("visits.case_paper.refused", "资料不合格", "Paper does not do"),
    ("visits.case_paper.waived", "免收资料", "Paper waived"),
    ("visits.comment.written", "协同事项留言", "Comment on the case"),
    ("visits.comment.withdrawn", "撤回留言", "Comment withdrawn"),
)


def appear() -> None:
    """Enter all that cases bring to the pages around them and to the day."""
    ui.add_room(
        key="cases", title=_("Cases"), icon="layout-kanban", url_name="visits:cases", allowed=_uses, order=16
    )
    ui.add_counter(
        key="cases", title=_("Cases in my hands"), icon="layout-kanban", url_name="visits:cases",
        waiting=waiting, order=40, channels=lambda request: (f"person:{actor_from(request).id}",),
        at_home=False,
    )  # fmt: skip
    ui.add_home("cases", column=Column.DO, lines=home.cases, order=40)
    ui.add_palette_source("cases", palette)
    ui.add_channel_source("cases", channels)
    for page, kind in PAGES.items():
        ui.add_section(page=page, key="cases", source=partial(_section, kind))
    for verb, zh, en in WORDS:
        register_words(verb, zh, en)
    cases_subjects.appear()
    closing_cases.appear()
    papers.register_reader("cases", reader)
    vault.register_part("team_cases", _open_cases, order=70)
