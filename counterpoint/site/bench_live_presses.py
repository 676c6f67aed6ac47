"""Tellers ask for approval and hand visits on; approvers and receivers see it on their pages."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from uuid import uuid4

from counterpoint.site.bench_desk_client import Answer
from counterpoint.site.bench_live_pages import Page, Seen
from counterpoint.site.bench_live_people import Branch
from counterpoint.site.bench_served import sign_in

SUPERVISOR = "080201"
#: One at the branch and two at the centre: the rule lets each of them decide.
APPROVERS = (SUPERVISOR, "090401", "090402")
#: Presses a second, of all tellers together.
PACE = 2.0
#: Seconds between two hand-offs; more often a branch of this size does not hand on.
HAND_ON_EVERY = 2.0
HAND_OFFS = 50
#: A look at the request, before it is approved.
THINKING = 0.5
#: 500 notes of 100 yuan: at this amount a cash deposit needs approval.
DEPOSIT = {
    "amount": "50000.00", "faces_10000": "500", "id_checked": "on", "id_copied": "on",
    "agent_document_kind": "resident_id",
}  # fmt: skip
COLUMN = "/desk/visit/"


class Wrong(Exception):
    """An answer without what has to stand in it."""


@dataclass(slots=True)
class Figures:
    """Milliseconds from the press to the other's screen, and what was lost on the way."""

    asked: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    handed: list[float] = field(default_factory=list)
    #: How long the press itself was answered to whoever pressed.
    pressed: list[float] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)
    presses: int = 0
    hand_offs: int = 0
    lost: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Counter:
    """The people of one branch at their pages."""

    branch: Branch
    tellers: list[Page]
    approvers: list[Page]
    board: Page
    free: list[asyncio.Lock]

    def teller(self, at: int) -> Page:
        return self.tellers[at % len(self.tellers)]

    def account(self, at: int) -> str:
        numbers = list(self.branch.customers.values())
        return numbers[at % len(numbers)]

    def party(self, at: int) -> int:
        parties = list(self.branch.customers)
        return parties[at % len(parties)]

    def close(self) -> None:
        for page in (*self.tellers, *self.approvers, self.board):
            page.close()


async def open_counter(port: int, branch: Branch, seen: Seen) -> Counter:
    """Sign everybody in and open their pages: the desks, the approval desk, the board."""
    tellers = []
    for number, desk in branch.tellers:
        page = Page(port, await sign_in(port, number), seen)
        await page.go(f"/desk/choice/{desk}/")
        await page.open("/desk/")
        tellers.append(page)
    cookies = {number: await sign_in(port, number) for number in APPROVERS}
    approvers = [Page(port, cookie, seen) for cookie in cookies.values()]
    for page in approvers:
        await page.go("/approvals/presence/")
        await page.open("/approvals/")
    board = Page(port, cookies[SUPERVISOR], seen)
    await board.open("/board/")
    return Counter(branch, tellers, approvers, board, [asyncio.Lock() for _ in tellers])


async def measure(port: int, branch: Branch, presses: int, seen: Seen) -> Figures:
    """All presses at their pace, then half as many hand-offs, before the streams are too old."""
    figures = Figures()
    counter = await open_counter(port, branch, seen)
    try:
        await asyncio.sleep(1)  # what the pages fetch as they open
        for _ in range(20):
            started = time.perf_counter()
            await counter.tellers[0].get(COLUMN, {})
            figures.alone.append((time.perf_counter() - started) * 1e3)
        seen.fragments.clear()
        started = time.perf_counter()
        await asyncio.gather(*(_due(counter, at, figures, seen) for at in range(presses)))
        for at in range(min(presses // 2, HAND_OFFS)):
            await _tried(_hand_on(counter, at, figures), figures, seen)
            await asyncio.sleep(HAND_ON_EVERY)
        figures.seconds = time.perf_counter() - started
    finally:
        counter.close()
    return figures


async def _due(counter: Counter, at: int, figures: Figures, seen: Seen) -> None:
    """A press in its turn; a teller has one customer at a time."""
    await asyncio.sleep(at / PACE)
    async with counter.free[at % len(counter.free)]:
        await _tried(_press(counter, at, figures), figures, seen)


async def _tried(work: Coroutine[None, None, None], figures: Figures, seen: Seen) -> None:
    try:
        await work
    except TimeoutError:
        figures.lost += 1
    except (Wrong, OSError, asyncio.IncompleteReadError) as trouble:
        seen.trouble(f"{type(trouble).__name__}: {trouble}")


async def _press(counter: Counter, at: int, figures: Figures) -> None:
    """Quote, ask, see it at the approval desk, approve, see that at the desk, and give the quote up."""
    teller, approver = counter.teller(at), counter.approvers[at % len(counter.approvers)]
    form = DEPOSIT | {"account": counter.account(at), "idempotency_key": str(uuid4())}
    answer, parts = await teller.post("/teller/operations/1101/quote/", form)
    quote = _number(answer, rb'data-quote="(\d+)"', "a quote")
    teller.drop(parts)
    figures.presses += 1
    pressed = time.perf_counter()
    answer, parts = await teller.post(f"/teller/quotes/{quote}/request/", {"note": ""})
    figures.pressed.append((time.perf_counter() - pressed) * 1e3)
    request = _number(answer, rb"/approvals/requests/(\d+)/waiting/", "a request")
    figures.asked.append((await approver.shows(f"line-{request}") - pressed) * 1e3)
    # Who has just decided another one opens this by N; to who had none open it came by itself.
    await approver.opens(f"/approvals/requests/{request}/panel/")
    await asyncio.sleep(THINKING)
    pressed = time.perf_counter()
    await approver.post(f"/approvals/requests/{request}/approval/", {})
    figures.pressed.append((time.perf_counter() - pressed) * 1e3)
    figures.answered.append((await teller.shows(f"approved-{request}") - pressed) * 1e3)
    await teller.go(f"/teller/quotes/{quote}/cancellation/")
    teller.drop(parts)


async def _hand_on(counter: Counter, at: int, figures: Figures) -> None:
    """Serve a customer, hand the visit to the next desk, see it there; that desk ends it."""
    giver, receiver = counter.teller(at), counter.teller(at + 1)
    answer, _parts = await giver.post(f"/desk/customer/{counter.party(at)}/serving/", {})
    visit = _number(answer, rb'data-visit-channel="visit:(\d+)"', "a visit")
    _login, desk = counter.branch.tellers[(at + 1) % len(counter.tellers)]
    form = {"to": f"desk:{desk}", "note": "Benchmark"}
    figures.hand_offs += 1
    shown = asyncio.ensure_future(receiver.comes(lambda mark: mark.startswith("hand-off-")))
    await asyncio.sleep(0)
    pressed = time.perf_counter()
    await giver.post(f"/visits/{visit}/hand-off/", form)
    figures.pressed.append((time.perf_counter() - pressed) * 1e3)
    mark = await shown
    figures.handed.append((receiver.first[mark] - pressed) * 1e3)
    await receiver.post(f"/visits/hand-offs/{mark.removeprefix('hand-off-')}/acceptance/", {})
    await receiver.post("/desk/customer/serving/finish/", {})


def _number(answer: Answer, pattern: bytes, what: str) -> int:
    found = re.search(pattern, answer.body)
    if found is None:
        text = re.sub(rb"<[^>]+>|\s+", b" ", answer.body).decode()
        raise Wrong(f"{what} was refused: {answer.status} {' '.join(text.split())[:160]}")
    return int(found[1])
