"""Open matters 未了事项 that go over with a package: told to the receiver, not counted."""

from __future__ import annotations

from django.utils import timezone

from counterpoint.approvals import services as approvals
from counterpoint.kit.money import Money
from counterpoint.vault.data_cash import CounterfeitState
from counterpoint.vault.data_vouchers import PartView
from counterpoint.vault.services.counterfeits import counterfeit_cases
from counterpoint.vault.services.differences import differences_of
from counterpoint.vault.services.parts import register_part

#: Cases on which somebody still has to act.
OPEN_CASES = (CounterfeitState.SEIZED, CounterfeitState.APPRAISING)


def _cases(giver: int, branch: int) -> PartView | None:
    """Cash differences and counterfeit cases of the giver that are not ended."""
    lines = [
        (f"现金差错 {one.number} {Money(one.remaining, one.currency)}",
         f"Cash difference {one.number} {Money(one.remaining, one.currency)}", "1", 0)
        for one in differences_of(branch=branch, open_only=True) if one.person == giver
    ]  # fmt: skip
    lines += [
        (f"假币收缴 {one.number}", f"Counterfeit case {one.number}", "1", 0)
        for state in OPEN_CASES
        for one in counterfeit_cases(branch=branch, state=state) if one.seizer == giver
    ]  # fmt: skip
    if not lines:
        return None
    return PartView(key="cases", title_zh="未结案件", title_en="Open cases", lines=tuple(lines))


def _approvals(giver: int, branch: int) -> PartView | None:
    """Requests of the giver that wait, and approvals that the giver was granted and has not used."""
    lines = [
        (f"授权申请 {one.id} 待审", f"Request {one.id} waits to be decided", "1", 0)
        for one in approvals.waiting_at(branch=branch, by=None) if one.maker == giver
    ]  # fmt: skip
    for one in approvals.open_approvals(maker=giver, branch=branch):
        until = f"{timezone.localtime(one.expires):%H:%M}"
        lines.append((f"授权 {one.id}（至 {until}）", f"Approval {one.id} (until {until})", "1", 0))
    if not lines:
        return None
    return PartView(key="approvals", title_zh="未了授权", title_en="Open approvals", lines=tuple(lines))


def appear() -> None:
    """Enter the parts."""
    register_part("cases", _cases, order=40)
    register_part("approvals", _approvals, order=50)
