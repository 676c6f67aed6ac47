"""The hand-over on three screens: who sees which figures, the blind count, the signatures, the papers."""

import re

import pytest
from django.urls import reverse

from counterpoint.kit.data import SYSTEM
from counterpoint.kit.testing import once
from counterpoint.org import services as org
from counterpoint.vault import closing_hands
from counterpoint.vault import services as vault
from counterpoint.vault.data_vouchers import HandOverState, SealKind, VoucherAct
from counterpoint.vault.models_cash import CashCount
from counterpoint.vault.papers_hands import hand_over_register, voucher_register
from counterpoint.vault.rules_transfers import split
from counterpoint.vault.services.counts import binding_on
from counterpoint.vault.tests.bank import BRANCH, stocked
from counterpoint.vault.tests.test_cases_views import browser

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ZHANG = {"supervisor_number": "080201", "supervisor_password": "counterpoint"}
CHEN = {"receiver_number": "080103", "receiver_password": "counterpoint"}


def at_noon():
    """Wang Fang holds notes, passbooks 101 to 150 and a seal; Li has a key of her own."""
    bank = stocked()
    for number, who in (("YZ-01", bank.wang), ("YS-02", bank.li)):
        vault.register_seal(
            branch=BRANCH, number=number, kind=SealKind.SEAL, name_zh="业务清讫章", name_en="Cash stamp",
            custodian=who.id, by=SYSTEM,
        )  # fmt: skip
    bank.day = org.business_day(BRANCH).date
    return bank


world = once(at_noon)


@pytest.fixture
def bank(world):
    return world()


@pytest.fixture
def made(bank):
    return vault.propose_hand_over(receiver=bank.chen.id, by=bank.wang)


def at(name, made):
    return reverse(f"vault:{name}", args=[made.id])


def typed(bank, **change):
    """What an honest receiver types: bundles, straps and loose, the numbers, the seal ticked."""
    form = {}
    for face, pieces in vault.box(bank.mine).faces.items():
        for unit, n in split(face, pieces, binding_on(bank.day)).items():
            form[f"count_{face}_{unit}"] = str(n) if n else ""
    return form | {f"forms_{bank.passbook.id}": "CZ00000101-CZ00000150", "seals": ["YZ-01"]} | change


def test_a_package_is_proposed_to_somebody_of_the_branch(bank):
    web, new = browser(bank), reverse("vault:hand_over_new")
    page = web.get(new).content.decode()
    assert "600" in page
    assert "080103" in page
    assert "080101 " not in page.partition("<select")[2]
    assert web.post(new, {"receiver": ""}).status_code == 409
    assert web.post(new, {"receiver": "9" * 30}, headers=HTMX).status_code == 409
    done = web.post(new, {"receiver": str(bank.chen.id)}, headers=HTMX)
    (found,) = vault.open_hand_overs(branch=BRANCH)
    assert done["HX-Redirect"] == at("hand_over", found)
    again = web.post(new, {"receiver": str(bank.chen.id)}, headers=HTMX)
    assert again.status_code == 409
    assert "hand_over_blocked" in again.content.decode()


def test_what_is_open_is_listed_before_it_can_be_proposed(bank):
    vault.request_transfer(source=bank.safe, target=bank.mine, faces={"10000": 100}, by=bank.wang)
    page = browser(bank).get(reverse("vault:hand_over_new")).content.decode()
    assert "/vault/transfers/" in page


def figures(page):
    """What would tell the receiver: the box's pieces, its sum, the numbers of its forms."""
    text = page.content.decode()
    return [word for word in ("CZ00000101", "CZ00000150", ">600<", "60,000.00") if word in text]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_giver_and_supervisor_see_the_figures_and_receiver_and_colleagues_do_not(bank, made, headers):
    for number, sees in (("080101", True), ("080201", True), ("080103", False), ("080102", False)):
        page = browser(bank, number).get(at("hand_over", made), headers=headers)
        assert page.status_code == 200
        assert bool(figures(page)) is sees, number
        paper = browser(bank, number).get(at("hand_over_paper", made))
        assert paper.status_code == (200 if sees else 403), number


def telling(bank):
    """Pages beside the hand-over on which the giver's box can be read."""
    count = CashCount.objects.filter(box_id=bank.mine).latest("pk").pk
    return [
        reverse("vault:box", args=[bank.mine]), reverse("vault:box_sort", args=[bank.mine]),
        reverse("vault:position"), reverse("vault:position_paper", args=["pdf"]),
        reverse("vault:count", args=[count]), f"{reverse('vault:transfer_new')}?source={bank.mine}",
        reverse("vault:boxes"), reverse("vault:vouchers"), reverse("vault:home"),
    ]  # fmt: skip


def test_no_other_page_tells_the_receiver_either_until_it_has_ended(bank):
    form = {key: n for key, n in typed(bank).items() if key.startswith("count_")} | {"moment": "mid"}
    browser(bank).post(reverse("vault:count_new", args=[bank.mine]), form)
    made = vault.propose_hand_over(receiver=bank.chen.id, by=bank.wang)
    total = f"{vault.box(bank.mine).counted // 100:,}.00"
    web, other = browser(bank, "080103"), browser(bank, "080102")
    for address in telling(bank):
        page = web.get(address)
        assert page.status_code in (200, 403), address
        assert figures(page) == [], address
        assert other.get(address).status_code == 200, address
    lists = [one.get(reverse("vault:boxes")).content.decode() for one in (web, other)]
    assert "You count it blind" in lists[0]
    assert lists[0].count(total) == lists[1].count(total) - 1
    vault.refuse_hand_over(hand_over=made.id, reason="少一把", by=bank.chen)
    assert web.get(reverse("vault:position")).status_code == 200


def test_refusing_it_does_not_show_the_figures_for_the_next_count(bank, made):
    web = browser(bank, "080103")
    web.post(at("hand_over_end", made), {"reason": "少一把"})
    assert figures(web.get(at("hand_over", made))) == []
    assert web.get(at("hand_over_paper", made)).status_code == 403
    assert figures(browser(bank).get(at("hand_over", made)))


def test_the_receivers_form_names_every_kind_and_every_seal_so_that_it_tells_nothing(bank, made):
    page = browser(bank, "080103").get(at("hand_over", made)).content.decode()
    for kind in vault.voucher_kinds():
        assert f'name="forms_{kind.id}"' in page
    assert page.count('name="seals"') == 2
    assert " checked" not in page
    assert not re.search(r'name="count_[^"]+" value="\d', page)


def test_a_customer_manager_sees_none_of_it(bank, made):
    stranger = browser(bank, "080401")
    for name in ("hand_overs", "hand_over_new"):
        assert stranger.get(reverse(f"vault:{name}")).status_code == 403
    for name in ("hand_over", "hand_over_paper"):
        assert stranger.get(at(name, made)).status_code == 403
    for name in ("hand_over_count", "hand_over_accept", "hand_over_end"):
        assert stranger.post(at(name, made)).status_code == 403
        assert browser(bank).get(at(name, made)).status_code == 405


def test_counted_and_signed_at_the_receivers_screen(bank, made):
    web = browser(bank, "080103")
    page = web.post(at("hand_over_count", made), typed(bank), headers=HTMX).content.decode()
    assert "data-agrees" in page
    assert "data-open-now" in page
    assert 'name="receiver_number"' not in page
    assert web.post(at("hand_over_accept", made), headers=HTMX).status_code == 409
    wrong = web.post(at("hand_over_accept", made), ZHANG | {"supervisor_password": "guess"}, headers=HTMX)
    assert wrong.status_code == 403
    assert "guess" not in wrong.content.decode()
    done = web.post(at("hand_over_accept", made), ZHANG, headers=HTMX)
    assert done["HX-Redirect"] == at("hand_over", made)
    assert vault.box(bank.mine).custodian == bank.chen.id
    assert [one.number for one in vault.seals_of(person=bank.chen.id)] == ["YZ-01"]
    assert figures(web.get(at("hand_over", made)))
    assert web.get(at("hand_over_paper", made)).content.startswith(b"%PDF")


def test_or_receiver_and_supervisor_both_sign_at_the_givers(bank, made):
    browser(bank, "080103").post(at("hand_over_count", made), typed(bank))
    web = browser(bank)
    page = web.get(at("hand_over", made)).content.decode()
    assert 'name="receiver_number"' in page
    assert web.post(at("hand_over_accept", made), ZHANG).status_code == 409
    stranger = {"receiver_number": "080102", "receiver_password": "counterpoint"}
    assert web.post(at("hand_over_accept", made), ZHANG | stranger).status_code == 403
    himself = {"supervisor_number": "080103", "supervisor_password": "counterpoint"}
    assert web.post(at("hand_over_accept", made), CHEN | himself).status_code in (403, 409)
    assert vault.box(bank.mine).custodian == bank.wang.id
    assert web.post(at("hand_over_accept", made), CHEN | ZHANG).status_code == 302
    assert vault.hand_over(made.id).state is HandOverState.ACCEPTED


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"count_10000_straps": "5"}, "Cash"), ({"count_10000_loose": "1"}, "Cash"),
        ({"seals": []}, "Seals"), ({"seals": ["YZ-01", "YS-02"]}, "Seals"),
    ],
)  # fmt: skip
def test_a_count_that_differs_is_told_by_its_part_alone(bank, made, change, part):
    page = browser(bank, "080103").post(at("hand_over_count", made), typed(bank, **change), headers=HTMX)
    text = page.content.decode()
    assert "data-differs" in text
    assert part in text.partition("data-differs")[2][:400]
    assert "data-open-now" not in text
    assert vault.hand_over_tries(hand_over=made.id)[0].differs
    refused = browser(bank, "080103").post(at("hand_over_accept", made), ZHANG)
    assert refused.status_code == 409


def test_forms_that_differ_are_told_too(bank, made):
    form = typed(bank) | {f"forms_{bank.passbook.id}": "101-149"}
    text = browser(bank, "080103").post(at("hand_over_count", made), form).content.decode()
    assert "Vouchers" in text.partition("data-differs")[2][:400]


@pytest.mark.parametrize(
    "bad",
    [{"count_10000_loose": "-1"}, {"count_10000_loose": "many"}, {"count_9_loose": "1"}, {"forms": "x"}],
)
def test_a_count_that_cannot_be_is_refused_and_not_written(bank, made, bad):
    form = typed(bank)
    form |= {f"forms_{bank.passbook.id}": bad["forms"]} if "forms" in bad else bad
    page = browser(bank, "080103").post(at("hand_over_count", made), form, headers=HTMX)
    assert page.status_code == 422
    assert "data-refusal" in page.content.decode()
    assert vault.hand_over_tries(hand_over=made.id) == []


def test_only_the_receiver_counts(bank, made):
    assert browser(bank).post(at("hand_over_count", made), typed(bank)).status_code == 403


def test_the_receiver_refuses_with_a_reason_and_the_giver_keeps_everything(bank, made):
    web, before = browser(bank, "080103"), vault.package_of(person=bank.wang.id, branch=BRANCH)
    empty = web.post(at("hand_over_end", made), {"reason": " "}, headers=HTMX)
    assert empty.status_code == 422
    assert "data-open-now" in empty.content.decode()
    assert web.post(at("hand_over_end", made), {"reason": "少一把"}).status_code == 302
    assert vault.hand_over(made.id).state is HandOverState.REFUSED
    assert vault.package_of(person=bank.wang.id, branch=BRANCH) == before
    assert web.post(at("hand_over_end", made), {"reason": "again"}).status_code == 409
    assert "少一把" in web.get(reverse("vault:hand_overs")).content.decode()


def test_the_giver_takes_it_back(bank, made):
    assert browser(bank, "080102").post(at("hand_over_end", made), {"reason": "x"}).status_code == 403
    assert browser(bank).post(at("hand_over_end", made)).status_code == 302
    assert vault.hand_over(made.id).state is HandOverState.CANCELLED


def test_the_register_is_paged_and_costs_the_same_for_many(bank, django_assert_max_num_queries):
    for _ in range(32):
        one = vault.propose_hand_over(receiver=bank.chen.id, by=bank.wang)
        vault.cancel_hand_over(hand_over=one.id, by=bank.wang)
    web = browser(bank)
    web.get(reverse("vault:hand_overs"))
    with django_assert_max_num_queries(40):
        page = web.get(reverse("vault:hand_overs")).content.decode()
    assert page.count("data-row") == 30
    older = re.search(r"\?before=\d+", page).group()
    assert web.get(reverse("vault:hand_overs") + older).content.decode().count("data-row") == 2


def test_an_open_hand_over_stops_the_days_close_and_says_who_has_to_act(bank, made):
    (found,) = closing_hands.hand_overs_gate(BRANCH, bank.day)
    assert bank.chen.name in str(found.words)
    assert found.link == at("hand_over", made)
    vault.cancel_hand_over(hand_over=made.id, by=bank.wang)
    assert closing_hands.hand_overs_gate(BRANCH, bank.day) == []


def test_numbers_that_were_passed_over_stop_it_too(bank):
    assert closing_hands.skipped_gate(BRANCH, bank.day) == []
    vault.change_vouchers(
        act=VoucherAct.SKIP, kind=bank.passbook, first=101, last=102, box=bank.mine, by=bank.wang,
        reason="卡纸", second=bank.zhang,
    )  # fmt: skip
    (found,) = closing_hands.skipped_gate(BRANCH, bank.day)
    assert "CZ00000101" in str(found.words)


def test_the_page_of_the_register_has_the_three_people_the_notes_and_every_count(bank, made):
    browser(bank, "080103").post(at("hand_over_count", made), typed(bank, count_10000_loose="1"))
    browser(bank, "080103").post(at("hand_over_count", made), typed(bank))
    vault.accept_hand_over(hand_over=made.id, receiver=bank.chen, supervisor=bank.zhang, by=bank.chen)
    tries = vault.hand_over_tries(hand_over=made.id)
    said = str(hand_over_register(vault.hand_over(made.id), tries))
    for word in ("王芳", "陈静", "张伟", "不符：现金", "相符", "监交", "CZ00000101", "业务清讫章", "大写"):
        assert word in said, word


def test_the_voucher_register_of_a_day_lists_moves_and_stock(bank):
    moves = vault.voucher_register_of_day(branch=BRANCH, day=bank.day)
    paper = voucher_register(BRANCH, bank.day, moves, vault.voucher_runs(branch=BRANCH))
    said = str(paper)
    for word in ("入库", "调拨", "CZ00000101", "存折"):
        assert word in said, word
    assert org.paper_pdf(paper, bank.day).startswith(b"%PDF")
