"""The approval desk over HTTP: who sees what, the decisions, the blind values."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from counterpoint.approvals import services as approvals
from counterpoint.approvals.data import InterestKind, Mode, RequestState, Requirement, Step
from counterpoint.approvals.models import Approval, Claim

from .conftest import MAKER, OTHER, SUPERVISOR, TWO
from .screens import CENTRE, HTMX, ROWS, post, state, url, words

pytestmark = pytest.mark.django_db
BLIND = Requirement(((Step(Mode.BRANCH, "authorize"),),), rekey=("amount", "account"))
STEP_UP = Requirement(((Step(Mode.BRANCH, "authorize"),),), step_up=True)
TRUE = {"amount": "120000.00", "account": "6217001234567890128"}
TYPED = {"dialog": "1", "rekey-amount": "120,000.00", "rekey-account": "6217 0012 3456 7890 128"}


def test_the_desk_is_for_those_who_authorize(browser, boss):
    assert browser(MAKER).get(url("desk")).status_code == 403
    assert boss.get(url("desk")).status_code == 200
    assert browser(CENTRE).get(url("desk")).status_code == 200


def test_the_oldest_that_i_can_decide_is_open_with_its_keys(boss, ask):
    first = ask(rows=ROWS)
    ask(maker=OTHER, payload_hash="b" * 64, subject="quote:2")
    page = boss.get(url("desk")).content.decode()
    assert set(re.findall(r'data-key="(\w)"', page)) >= {"A", "R", "D", "N", "C", "G"}
    assert f'id="open-request" name="open" value="{first.id}"' in page
    assert "张**" in page
    assert "张晓明" not in page


def test_a_difference_to_the_record_is_marked_old_and_new(boss, ask):
    request = ask(rows=ROWS)
    page = boss.get(url("panel", request.id)).content.decode()
    assert page.count('class="is-other"') == 2
    assert re.search(r"<del>.*?138</del>.*?139", page, re.S)


def test_an_empty_desk_says_so_and_opens_the_next_by_itself(boss, ask):
    assert "Nothing waits for you" in words(boss.get(url("desk")))
    assert 'hx-swap-oob="outerHTML:.approval-nothing"' not in boss.get(url("queue")).content.decode()
    request = ask()
    news = boss.get(url("queue")).content.decode()
    assert 'hx-swap-oob="outerHTML:.approval-nothing"' in news
    assert f'name="open" value="{request.id}"' in news
    # Who reads another request keeps it.
    kept = boss.get(url("queue"), {"open": ask(payload_hash="e" * 64).id}).content.decode()
    assert "hx-swap-oob" not in kept


def test_others_do_not_learn_of_a_request(browser, ask):
    request = ask()
    other = browser(OTHER)
    assert other.get(url("request", request.id)).status_code == 404
    assert other.get(url("waiting", request.id)).status_code == 404
    assert other.post(url("withdrawal", request.id)).status_code == 404
    assert other.get(url("panel", request.id)).status_code == 403
    assert other.get(url("request", 999_999)).status_code == 404
    assert browser(MAKER).get(url("request", request.id)).status_code == 200
    assert browser(CENTRE).get(url("panel", request.id)).status_code == 404


def test_one_key_takes_it_up_and_approves_it(boss, ask, who):
    request = ask()
    answer = post(boss, "approval", request)
    assert answer.status_code == 200
    assert "approved" in words(answer)
    assert state(request) is RequestState.APPROVED
    assert Claim.objects.get(request=request.id).person_id == who[SUPERVISOR].id
    again = post(boss, "approval", request)
    assert again.status_code == 409
    assert again["HX-Retarget"] == "#approval-strip"
    assert Approval.objects.count() == 1


def test_who_was_slower_reads_who_has_it(boss, ask, second):
    request = ask()
    approvals.claim(request=request.id, by=second)
    strip = words(boss.get(url("strip", request.id)))
    assert "Liu Yang has had it since" in strip
    assert "Approve" not in strip
    answer = post(boss, "approval", request)
    assert answer.status_code == 409
    assert "has taken it up" in words(answer)
    assert not Approval.objects.exists()


def test_a_return_needs_its_reason_and_keeps_what_was_typed(boss, ask):
    request = ask()
    opened = boss.post(url("claim", request.id) + "?for=return", headers=HTMX)
    assert "A paper or photo is missing" in words(opened)
    assert opened["HX-Retarget"] == "#approval-dialog"
    refused = post(boss, "returning", request, dialog="1", reason="other", words="")
    assert refused.status_code == 422
    refused = post(boss, "returning", request, dialog="1", reason="nonsense", words="the back is missing")
    assert refused.status_code == 422
    assert "the back is missing" in refused.content.decode()
    assert state(request) is RequestState.OPEN
    post(boss, "returning", request, dialog="1", reason="paper_missing", words="the back")
    end = approvals.request(request.id).end
    assert (end.state, end.reason, end.words) == (RequestState.RETURNED, "paper_missing", "the back")


def test_a_refusal_ends_it(boss, ask):
    request = ask()
    answer = post(boss, "refusing", request, dialog="1", reason="suspicious", words="")
    assert "The operation looks suspicious" in words(answer)
    assert state(request) is RequestState.REFUSED


def test_a_mended_request_shows_why_the_one_before_came_back(boss, ask):
    first = ask()
    post(boss, "returning", first, dialog="1", reason="paper_unclear", words="too dark")
    mended = ask(payload_hash="b" * 64, follows=first.id)
    said = words(boss.get(url("panel", mended.id)))
    assert "It mends" in said
    assert "A picture is unclear or cut off" in said
    assert "too dark" in said


def blind_pages(browser, request, party):
    return [
        browser(SUPERVISOR).get(url("desk") + f"?open={request.id}"),
        browser(SUPERVISOR).get(url("request", request.id)),
        browser(SUPERVISOR).get(url("requests")),
        browser(SUPERVISOR).get(url("queue")),
        browser(OTHER).get(url("party", party.id)),
        browser(SUPERVISOR).post(url("claim", request.id) + "?for=approval", headers=HTMX),
    ]


def test_blind_values_are_in_no_page_of_an_approver(browser, ask, party):
    request = ask(need=BLIND, rekey=TRUE, rows=ROWS, amount=12_000_000, parties=(party.id,))
    pages = blind_pages(browser, request, party)
    for page in pages:
        # The digits of a moment are nobody's account.
        text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.+]+", "", page.content.decode())
        assert page.status_code == 200
        assert request.number in text or "rekey-amount" in text or f"open={request.id}" in text
        for secret in ("120,000", "120000", "12000000", "760,000", "× 1200", "0128", "7890"):
            assert secret not in text
    assert "120,000.00" in browser(MAKER).get(url("request", request.id)).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"rekey-amount": "120,000.01"}, {"rekey-account": "6217"}, {"rekey-amount": ""}]
)
def test_a_wrong_value_is_refused_without_telling_which(boss, ask, wrong):
    request = ask(need=BLIND, rekey=TRUE, rows=ROWS, amount=12_000_000)
    answer = post(boss, "approval", request, **TYPED | wrong)
    assert answer.status_code == 409
    assert "What you typed is not what is to be posted." in words(answer)
    assert not re.search(r'name="rekey-\w+"[^>]*value="[^"]', answer.content.decode())
    assert "is-invalid" not in answer.content.decode()
    assert not Approval.objects.exists()


@pytest.mark.parametrize("amount", ["120,000.00", "120000", "１２００００"])
def test_the_right_values_approve_however_they_are_written(boss, ask, amount):
    request = ask(need=BLIND, rekey=TRUE, rows=ROWS, amount=12_000_000)
    assert post(boss, "approval", request, **TYPED | {"rekey-amount": amount}).status_code == 200
    assert state(request) is RequestState.APPROVED


def test_a_fresh_proof_is_asked_for_and_needed(boss, ask):
    request = ask(need=STEP_UP)
    opened = boss.post(url("claim", request.id) + "?for=approval", headers=HTMX).content.decode()
    assert 'name="password"' in opened
    for password in ("", "wrong"):
        answer = post(boss, "approval", request, dialog="1", password=password)
        assert answer.status_code == 403
        assert answer["HX-Retarget"] == "#approval-slot"
    assert not Approval.objects.exists()
    assert post(boss, "approval", request, dialog="1", password="counterpoint").status_code == 200
    assert Approval.objects.get().proof == "password"


def test_a_conflict_is_said_instead_of_buttons(boss, ask, who, party):
    request = ask(parties=(party.id,))
    approvals.declare_interest(
        person=who[SUPERVISOR].id, party=party.id, kind=InterestKind.RELATIVE, by=who[SUPERVISOR]
    )
    page = boss.get(url("panel", request.id))
    assert "to whom you have declared a relation" in words(page)
    assert 'data-key="A"' not in page.content.decode()
    assert "conflict" in words(boss.get(url("queue")))
    assert post(boss, "approval", request).status_code == 403
    assert "Nothing waits for you" in words(boss.get(url("next")))


def test_steps_still_open_are_said_in_words(boss, ask, second):
    request = ask(need=TWO)
    assert "still needed: 2 people at the branch" in words(boss.get(url("panel", request.id)))
    answer = words(post(boss, "approval", request))
    assert "1 of 2" in answer
    assert "still needed: 1 person at the branch" in answer
    assert "You have approved it" in answer


def test_a_change_elsewhere_reaches_the_open_request(boss, ask, who):
    request = ask()
    boss.post(url("claim", request.id) + "?for=return", headers=HTMX)
    approvals.withdraw(request=request.id, by=who[MAKER])
    strip = boss.get(url("strip", request.id), headers=HTMX)
    assert "withdrawn" in words(strip)
    assert 'hx-swap-oob="innerHTML:[data-decision-note]"' in strip.content.decode()
    assert "What you typed stays here." in words(strip)
    assert 'data-key="A"' not in strip.content.decode()


def test_a_claim_is_laid_down_and_handed_on(boss, ask, second, who):
    request = ask()
    boss.post(url("claim", request.id), headers=HTMX)
    boss.delete(url("claim", request.id), headers=HTMX)
    assert approvals.request(request.id).claim is None
    dialog = words(boss.get(url("reassigning", request.id)))
    assert "Liu Yang" in dialog
    assert "Wang Fang" not in dialog.partition("Reassign to")[2]
    post(boss, "reassigning", request, person=second.id)
    assert approvals.request(request.id).claim.person == second.id
    assert post(boss, "reassigning", request, person=who[MAKER].id).status_code == 403
    assert post(boss, "reassigning", request, person="x").status_code == 422


def test_presence_is_entered_and_left(boss, browser, who):
    boss.post(url("presence"), headers=HTMX)
    boss.post(url("presence"), headers=HTMX)
    assert [one.person for one in approvals.on_duty(branch=3)] == [who[SUPERVISOR].id]
    assert "on duty" in words(boss.get(url("presence"), headers=HTMX))
    boss.delete(url("presence"), headers=HTMX)
    assert approvals.on_duty(branch=3) == []
    assert browser(MAKER).post(url("presence")).status_code == 403


def asked(client, name):
    """How many questions a page asks the database, once its session is warm."""
    client.get(url(name))
    with CaptureQueriesContext(connection) as found:
        page = client.get(url(name)).content.decode()
    return len(found), page.count('id="line-')


def test_the_queue_of_fifty_costs_as_many_questions_as_one_of_two(boss, ask):
    def fill(first, last):
        for at in range(first, last):
            ask(maker=(MAKER, OTHER)[at % 2], payload_hash=f"{at:064d}", subject=f"quote:{at}", rows=ROWS)

    fill(0, 2)
    queue, desk = asked(boss, "queue"), asked(boss, "desk")
    assert queue[0] <= 22
    fill(2, 50)
    assert asked(boss, "queue") == (queue[0], 50)
    assert asked(boss, "desk") == (desk[0], 50)
