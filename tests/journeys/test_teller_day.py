"""A teller serves customers by keyboard alone, and the branch sees it happen."""

import json
import re

import pytest
from playwright.sync_api import expect

CODE = "#code"


def accounts_of_the_customer(teller):
    return [b.get_attribute("data-insert") for b in teller.page.locator(".desk-accounts button").all()]


def test_five_customers_without_the_mouse_and_the_board_sees_each(teller, someone):
    supervisor = someone(language="en")
    supervisor.sign_in("080201")
    board = supervisor.page
    expect(board.locator("#board")).to_be_visible()
    before = board.locator("#board tbody tr").count()

    teller.serve("王")
    teller.open("1101")
    teller.fill(amount="1409.50", faces_10000="14", faces_500="1", faces_100="4", faces_50="1")
    expect(teller.page.get_by_text("人民币壹仟肆佰零玖元伍角").first).to_be_visible()
    teller.person.picture("desk-zh")
    teller.quote()
    teller.person.picture("quote-zh")
    numbers = [teller.post()]
    teller.person.picture("receipt-zh")
    source = accounts_of_the_customer(teller)[0]
    teller.finish()

    teller.serve("李")
    target = accounts_of_the_customer(teller)[0]
    teller.open("1102")
    teller.fill(amount="300", faces_10000="3")
    teller.quote()
    numbers.append(teller.post())
    expect(teller.page.locator("[data-receipt]")).to_contain_text("100")
    teller.person.press("F10")  # the notes are handed over
    expect(teller.page.locator("[data-receipt] .is-success").first).to_be_visible()
    teller.finish()

    teller.serve(source[-6:])
    teller.open("1201")
    teller.fill(payee=target, amount="88.88")
    teller.quote()
    numbers.append(teller.post())
    teller.finish()

    teller.serve("张")
    teller.open("1401")
    teller.quote()
    numbers.append(teller.post())
    teller.finish()

    teller.serve("陈")
    teller.open("1101")
    teller.fill(amount="200", faces_10000="2")
    teller.quote()
    numbers.append(teller.post())
    teller.finish()

    assert len(set(numbers)) == 5
    assert all(re.fullmatch(r"0003-\d{8}-\d{5}", number) for number in numbers)
    expect(board.locator("#board tbody tr")).to_have_count(before + 4)
    supervisor.picture("board-en")


def test_a_large_deposit_waits_for_a_second_person_who_signs_in_at_the_desk(teller):
    teller.serve("刘")
    teller.open("1101")
    teller.fill(amount="60000", faces_10000="600")
    for box in ("id_checked", "id_copied"):
        checkbox = teller.page.locator(f"input[type=checkbox][name={box}]")
        if checkbox.count():
            checkbox.focus()
            teller.person.press("Space")
    teller.quote()
    expect(teller.page.locator("#quote")).to_contain_text("5万元")
    teller.person.picture("approval-needed-zh")
    teller.page.locator("#quote [data-open=approval-dialog]").focus()
    teller.person.press("Enter")
    dialog = teller.page.locator("#approval-dialog")
    expect(dialog).to_be_visible()
    for text in ("080101", "counterpoint"):
        teller.person.type(text)
        teller.person.press("Enter")
    teller.person.press("Enter")
    expect(dialog).to_contain_text(re.compile("不能|cannot"))  # she made it: she cannot approve it
    dialog.locator("input[name=number]").focus()
    teller.person.press("Control+A")
    for text in ("080201", "counterpoint"):
        teller.person.type(text)
        teller.person.press("Enter")
    teller.person.picture("approval-dialog-zh")
    teller.person.press("Enter")
    expect(teller.page.locator("#quote .c-note.is-success")).to_contain_text("080201")
    teller.post()
    teller.finish()


def test_a_double_press_posts_once_and_a_reload_loses_nothing(teller):
    teller.serve("赵")
    teller.open("1101")
    teller.fill(amount="123", faces_10000="1", faces_2000="1", faces_100="3")
    teller.page.reload()
    teller.open("1101")
    expect(teller.page.locator("input[name=amount]")).to_have_value("123.00")
    teller.quote()
    account = teller.page.locator(".desk-accounts button b").first
    held = account.inner_text()
    teller.person.press("F10", "F10", "F10")
    expect(teller.page.locator("[data-receipt]")).to_be_visible()
    expect(account).not_to_have_text(held)
    now = float(re.sub(r"[^\d.]", "", account.inner_text()))
    assert now - float(re.sub(r"[^\d.]", "", held)) == pytest.approx(123)
    teller.finish()


def test_what_has_arrived_works_before_the_next_key_can_come(teller):
    teller.serve("赵")
    teller.page.evaluate("""() => {
        globalThis.early = [];
        new MutationObserver(() => {
            const form = document.getElementById("work-form");
            if (form) early.push(Boolean(form._htmx?.initialized));
        }).observe(document.getElementById("work-area"), { childList: true, subtree: true });
    }""")
    teller.open("1101")
    teller.fill(amount="50", faces_5000="1")
    teller.quote()
    early = teller.page.evaluate("globalThis.early")
    assert early
    assert all(early)
    teller.post()
    teller.finish()


def test_the_next_code_is_not_typed_into_an_amount_when_the_columns_renew_themselves(teller):
    teller.serve("赵")
    teller.open("1102")
    for column in ("visit-news", "visit-news"):
        teller.person.press("F3")
        with teller.page.expect_response(lambda answer: "/desk/" in answer.url):
            teller.person.type("11")
            teller.page.evaluate("name => htmx.trigger(document.body, name)", column)
        teller.page.evaluate("() => new Promise((done) => setTimeout(done, 100))")
        teller.person.type("01")
        expect(teller.page.locator(CODE)).to_have_value("1101")
    teller.person.press("Enter")
    expect(teller.page.locator("#operation[data-operation='1101'] :focus")).to_be_visible()
    teller.finish()


def test_the_paper_is_a_pdf_and_a_second_one_is_marked_as_a_copy(teller):
    teller.serve("孙")
    teller.open("1101")
    teller.fill(amount="100", faces_10000="1")
    teller.quote()
    teller.post()
    with teller.person.context.expect_page() as opened:
        teller.person.press("F4")
    url = opened.value.url
    opened.value.close()
    answer = teller.person.context.request.get(url)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")
    teller.finish()


def test_verify_passes_and_names_the_place_of_an_altered_row(site, teller):
    teller.serve("周")
    teller.open("1101")
    teller.fill(amount="500", faces_10000="5")
    teller.quote()
    teller.post()
    good = json.loads(site.command("verify", "--json").stdout.splitlines()[-1])
    assert good["ok"] is True
    assert good["entries"] > 1000
    teller.finish()
    swap = (
        "SET session_replication_role = replica;"
        "UPDATE ledger_leg SET amount = amount + {by} WHERE (account_id, version) ="
        " (SELECT account_id, min(version) FROM ledger_leg GROUP BY account_id ORDER BY account_id LIMIT 1)"
        " RETURNING account_id, version, entry_id"
    )
    changed = site.command("psql", "-tA", "-c", swap.format(by=1))
    account, version, _entry = changed.stdout.strip().splitlines()[1].split("|")
    bad = site.command("verify", "--json")
    assert bad.returncode == 1
    report = json.loads(bad.stdout.splitlines()[-1])
    assert report["ok"] is False
    assert any("ledger_leg" in json.dumps(f) and account in json.dumps(f) for f in report["findings"]), report
    site.command("psql", "-c", swap.format(by=-1))
    assert json.loads(site.command("verify", "--json").stdout.splitlines()[-1])["ok"] is True, version
