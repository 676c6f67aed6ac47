"""The screens of boxes: who sees what, what each may press, and what a refusal says."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from counterpoint.kit.testing import once
from counterpoint.org import services as org
from counterpoint.vault import services as vault
from counterpoint.vault.data import BoxKind, FaceLimitView, Stop
from counterpoint.vault.tests.bank import BRANCH, build

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}


world = once(build)


@pytest.fixture
def bank(world):
    return world()


@pytest.fixture
def signed_in(client, settings, bank):
    """Somebody of the branch in front of a screen."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }

    def sign(number):
        client.force_login(get_user_model().objects.get(username=number))
        session = client.session
        session["branch"] = BRANCH
        session.save()
        return client

    return sign


def text(answer):
    return answer.content.decode()


def act(client, box, name, **typed):
    return client.post(reverse("vault:box_act", args=[box, name]), typed, headers=FRAGMENT)


def test_the_list_says_who_holds_what_and_how_full_it_is(bank, signed_in):
    vault.pause_box(box=bank.other, reason="", by=bank.li)
    vault.set_limits(box=bank.mine, soft=1_000, hard=0, faces={}, by=bank.zhang)
    vault.note_breaches()
    page = signed_in("080201").get(reverse("vault:boxes"))
    assert page.status_code == 200
    lines = {row["box"].id: row for row in page.context["lines"]}
    assert lines[bank.mine]["custodian"] == bank.wang.name
    assert lines[bank.mine]["over"]
    assert lines[bank.mine]["share"] == 100
    assert [one["left"] for one in lines[bank.mine]["clocks"]] in ([59], [60])
    assert lines[bank.other]["box"].stopped is Stop.PAUSED
    assert 'class="box-bar is-over"' in text(page)
    assert "<html" not in text(signed_in("080201").get(reverse("vault:boxes"), headers=FRAGMENT))


def test_a_box_is_claimed_paused_resumed_and_returned_from_its_page(bank, signed_in):
    client, free = signed_in("080103"), vault.boxes_of(branch=BRANCH)[3]
    assert act(client, free.id, "claim").headers["HX-Redirect"] == reverse("vault:box", args=[free.id])
    assert vault.box(free.id).custodian == bank.chen.id
    act(client, free.id, "pause", reason="lunch")
    assert vault.stop_of(box=free.id).reason == "lunch"
    page = client.get(reverse("vault:box", args=[free.id]))
    assert page.context["may"]["resumes"]
    assert not page.context["may"]["returns"]
    assert "lunch" in text(page)
    refused = act(client, free.id, "return")
    assert refused.status_code == 409
    assert 'data-refusal="box_stopped"' in text(refused)
    act(client, free.id, "resume")
    act(client, free.id, "return")
    assert vault.box(free.id).custodian is None


@pytest.mark.parametrize(
    ("name", "code"), [("claim", "box_taken"), ("return", "no_box"), ("pause", "no_box")]
)
def test_what_is_another_s_is_refused_in_words(bank, signed_in, name, code):
    refused = act(signed_in("080103"), bank.mine, name)
    assert f'data-refusal="{code}"' in text(refused)
    assert vault.box(bank.mine).custodian == bank.wang.id


def test_a_step_that_is_none_is_refused(bank, signed_in):
    assert 'data-refusal="malformed"' in text(act(signed_in("080101"), bank.mine, "burn"))


def test_without_htmx_the_form_works_as_well(bank, signed_in):
    answer = signed_in("080101").post(reverse("vault:box_act", args=[bank.mine, "pause"]))
    assert (answer.status_code, answer.url) == (302, reverse("vault:box", args=[bank.mine]))


def test_who_had_it_yesterday_is_asked_for_a_second_person(bank, signed_in, monkeypatch):
    vault.release_box(box=bank.mine, by=bank.wang)
    monkeypatch.setattr(
        "counterpoint.vault.services.claiming.had_it_yesterday", lambda *, box, branch, person: True
    )
    client = signed_in("080101")
    page = client.get(reverse("vault:box", args=[bank.mine]))
    assert 'name="second_password"' in text(page)
    assert 'data-refusal="cross_issue"' in text(act(client, bank.mine, "claim"))
    wrong = act(client, bank.mine, "claim", second_number="080103", second_password="wrong")
    assert "data-refusal" in text(wrong)
    assert vault.box(bank.mine).custodian is None
    act(client, bank.mine, "claim", second_number="080103", second_password="counterpoint")
    assert vault.box(bank.mine).custodian == bank.wang.id


def test_a_supervisor_sets_limits_and_the_clock_runs_at_once(bank, signed_in):
    address = reverse("vault:box_limits", args=[bank.mine])
    answer = signed_in("080201").post(
        address, {"soft": "1,000.00", "hard": "", "soft_10000": "5", "hard_10000": "1000"}, headers=FRAGMENT
    )
    assert answer.headers["HX-Redirect"] == reverse("vault:box", args=[bank.mine])
    limits = vault.limit_of(bank.mine)
    assert (limits.soft, limits.hard, limits.faces["10000"]) == (100_000, 0, FaceLimitView(5, 1000))
    assert len(vault.breaches_of(box=bank.mine)) == 2
    page = signed_in("080201").get(reverse("vault:box", args=[bank.mine]))
    assert f"box={bank.mine}&amp;proposed=1" in text(page)
    wrong = signed_in("080201").post(address, {"soft": "9", "hard": "1"}, headers=FRAGMENT)
    assert (wrong.status_code, wrong.context["refusal"].code) == (422, "limit_malformed")
    typed = signed_in("080201").post(address, {"soft_10000": "-1"}, headers=FRAGMENT)
    assert typed.status_code == 422
    assert 'aria-invalid="true"' in text(typed)


def test_a_teller_sets_no_limits_and_makes_no_box(bank, signed_in):
    client = signed_in("080101")
    assert client.get(reverse("vault:box_limits", args=[bank.mine])).status_code == 403
    assert client.get(reverse("vault:box_new")).status_code == 403


def test_a_supervisor_sets_up_a_cassette_and_takes_it_out_of_use(bank, signed_in):
    client = signed_in("080201")
    typed = {"number": "0003-r1", "kind": "recycler", "currency": "CNY", "soft": "100,000"}
    client.post(reverse("vault:box_new"), typed)
    made = next(box for box in vault.boxes_of(branch=BRANCH) if box.kind is BoxKind.RECYCLER)
    assert (made.number, made.limit) == ("0003-R1", 10_000_000)
    again = client.post(reverse("vault:box_new"), typed, headers=FRAGMENT)
    assert again.context["refusal"].code == "box_exists"
    assert client.get(reverse("vault:box", args=[made.id])).context["may"]["retires"]
    act(client, made.id, "retire")
    assert vault.box(made.id).retired
    assert "0003-R1" in text(client.get(reverse("vault:boxes")))


def test_notes_are_sorted_by_their_custodian(bank, signed_in):
    address = reverse("vault:box_sort", args=[bank.mine])
    client = signed_in("080101")
    assert 'name="unfit_10000"' in text(client.get(address))
    client.post(address, {"unfit_10000": "12", "damaged_10000": "3", "unfit_c5": ""})
    assert (vault.box(bank.mine).unfit, vault.box(bank.mine).damaged) == ({"10000": 12}, {"10000": 3})
    assert 'value="12"' in text(client.get(address))
    many = client.post(address, {"unfit_10000": "601"}, headers=FRAGMENT)
    assert many.context["refusal"].code == "sorting_malformed"
    assert vault.box(bank.mine).unfit == {"10000": 12}
    other = signed_in("080102").post(address, {"unfit_10000": "1"}, headers=FRAGMENT)
    assert other.context["refusal"].code == "no_box"


def test_another_branch_sees_nothing_of_it(bank, signed_in):
    elsewhere = next(
        box for branch in org.branches() if branch.id != BRANCH for box in vault.boxes_of(branch=branch.id)
    )
    assert signed_in("080201").get(reverse("vault:box", args=[elsewhere.id])).status_code == 404


def test_the_form_of_a_transfer_is_filled_with_what_is_proposed(bank, signed_in):
    vault.set_limits(box=bank.mine, soft=5_000_000, hard=0, faces={}, by=bank.zhang)
    page = signed_in("080101").get(reverse("vault:transfer_new") + f"?box={bank.mine}&proposed=1")
    assert page.context["proposed"]
    night = signed_in("080101").get(
        reverse("vault:transfer_new") + f"?box={bank.mine}&proposed=1&overnight=1"
    )
    assert text(night) != text(page)
