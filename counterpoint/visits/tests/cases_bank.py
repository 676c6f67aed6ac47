"""The demo branch with its teams, and people of the loan desk, the back office and another branch."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from django.contrib.auth import get_user_model
from django.test import Client

from counterpoint.customers import services as customers
from counterpoint.kit.data import SYSTEM, Actor
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Role
from counterpoint.visits import services as visits

BRANCH, OTHER, HEAD = 3, 4, 1
#: number, name, role, home branch, branch of the role
MORE = (
    ("070101", "钱多", Role.TELLER, OTHER, OTHER),
    ("070401", "孙立", Role.CUSTOMER_MANAGER, OTHER, OTHER),
    ("099601", "冯雪", Role.BACK_OFFICE, HEAD, 0),
    ("080402", "吴月", Role.CUSTOMER_MANAGER, BRANCH, BRANCH),
)


def build() -> SimpleNamespace:
    org.ensure_demo_org(by=SYSTEM)
    people.ensure_demo_staff(by=SYSTEM)
    for number, name, role, home, where in MORE:
        one = people.add_staff(number=number, name_zh=name, name_en="", branch=home, by=SYSTEM).person
        people.assign_role(person=one.id, role=role, branch=where, valid_from=org.business_day(BRANCH).date,
                           by=SYSTEM)  # fmt: skip
    get_user_model().objects.update(must_change_password=False)
    visits.ensure_demo_teams(by=SYSTEM)
    rows = get_user_model().objects.all()
    staff = {row.username: replace(people.actor_of(row), branch=row.branch_id) for row in rows}
    teams = {one.key: one for one in visits.teams_of(branch=BRANCH)}
    names = {"wang": "080101", "li": "080102", "chen": "080103", "zhang": "080201", "liu": "080301",
             "zhao": "080401", "wu": "080402", "sun": "090201", "zhou": "090101", "qian": "070101",
             "ye": "070401", "feng": "099601"}  # fmt: skip
    return SimpleNamespace(staff=staff, teams=teams, **{key: staff[number] for key, number in names.items()})


def customer() -> int:
    """A customer of the branch."""
    return customers.ensure_demo_customers(branch=BRANCH, seed=1, part=slice(0, 1), by=SYSTEM)[0]


def loan(bank: SimpleNamespace, by: Actor | None = None, **more: object):
    """A loan application, opened by a teller."""
    given = {"title": "经营贷款申请", "branch": BRANCH, "kind": "loan_application"} | more
    return visits.open_case(by=by or bank.wang, **given)


def inquiry(bank: SimpleNamespace):
    """An inquiry: it is for its team only."""
    return visits.open_case(kind="inquiry", branch=BRANCH, title="现金差异核查", by=bank.liu)


def browser(number: str, branch: int = BRANCH, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(
        get_user_model().objects.get(username=number), backend="django.contrib.auth.backends.ModelBackend"
    )
    session = client.session
    session["branch"] = branch
    session.save()
    return client
