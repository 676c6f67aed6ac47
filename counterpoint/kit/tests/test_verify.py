import json
from dataclasses import replace

import pytest

from counterpoint.kit import blocks, sealer, verdict, verifier
from counterpoint.kit.finality import anchor_path, keys_folder
from counterpoint.kit.findings import TOLD, Finding
from counterpoint.kit.merkle import leaf_hash, root_of, sha256
from counterpoint.kit.models import Block
from counterpoint.kit.verifier import examine, register_check


@pytest.fixture
def sealed(journal):
    """Three sealed blocks in branch 3, one in branch 4. Gives the ids of branch 3."""
    ids = []
    for _ in range(3):
        ids += journal.write(4)
        journal.seal()
    journal.write(3, branch=4)
    journal.seal()
    assert examine().ok
    return ids


def test_nothing_to_verify_adds_up(journal):
    assert examine().plain() == {
        "ok": True, "entries": 0, "events": 0, "blocks": 0, "unsealed": 0,
        "findings": [], "untold": 0, "notes": [],
    }  # fmt: skip


def test_unsealed_events_are_counted_and_no_fault(journal, sealed):
    journal.write(2)
    report = examine()
    assert (report.ok, report.unsealed, report.events) == (True, 2, 17)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ("actor = 'person:99'", "actor"),
        ("data = data || '{\"n\": 1000000}'", "data"),
        ("at = at - interval '1 hour'", "at"),
        ("business_date = '2020-01-01'", "business_date"),
        ("verb = 'kit.test.other'", "verb"),
        ("subject = 'test:0'", "subject"),
        ("digest = 'x'", "digest"),
        ("key = gen_random_uuid()", "key"),
        ("correlation = gen_random_uuid()", "correlation"),
    ],
)
def test_an_altered_column_is_found_and_named(journal, sealed, change, column):
    journal.tamper(f"UPDATE kit_event SET {change} WHERE id = %s", sealed[5])
    (finding,) = journal.findings()
    assert (finding.code, finding.branch, finding.block, finding.event) == ("event.altered", 3, 2, sealed[5])
    assert (finding.table, finding.columns) == ("kit_event", (column,))
    assert column in finding.place()


def test_a_deleted_event_is_found(journal, sealed):
    journal.tamper("DELETE FROM kit_event WHERE id = %s", sealed[6])
    (finding,) = journal.findings()
    assert (finding.code, finding.branch, finding.block, finding.event) == ("event.deleted", 3, 2, sealed[6])


def test_two_swapped_events_are_found(journal, sealed):
    a, b = sealed[0], sealed[1]
    journal.tamper(
        "UPDATE kit_event e SET data = o.data, subject = o.subject FROM kit_event o"
        " WHERE (e.id, o.id) IN ((%s, %s), (%s, %s))", a, b, b, a,
    )  # fmt: skip
    found = {(finding.event, finding.columns) for finding in journal.findings()}
    assert found == {(a, ("subject", "data")), (b, ("subject", "data"))}


def test_an_event_with_a_forged_transaction_number_in_a_sealed_range_is_found(journal, sealed):
    upto = Block.objects.get(branch_id=3, number=2).upto_xid
    (forged,) = journal.write(1, xid=upto)
    (finding,) = journal.findings()
    assert (finding.code, finding.block, finding.event) == ("event.inserted", 2, forged)


@pytest.mark.parametrize("xid", [1, -5])
def test_an_event_before_every_transaction_is_found(journal, sealed, xid):
    (forged,) = journal.write(1, xid=xid)
    (finding,) = journal.findings()
    assert (finding.code, finding.block, finding.event) == ("event.inserted", 1, forged)


def test_an_event_of_a_transaction_that_has_not_happened_is_found(journal, sealed):
    (forged,) = journal.write(1, xid=10**15)
    (finding,) = journal.findings()
    assert (finding.code, finding.event, finding.columns) == ("event.future", forged, ("xid",))


def test_an_event_moved_to_another_branch_is_found_in_both(journal, sealed):
    journal.tamper("UPDATE kit_event SET branch_id = 4 WHERE id = %s", sealed[2])
    found = {(f.code, f.branch, f.event, f.columns) for f in journal.findings()}
    assert ("event.altered", 3, sealed[2], ("branch_id",)) in found
    assert ("event.inserted", 4, sealed[2], ()) in found


def test_a_tail_cut_off_with_its_blocks_is_found_by_the_anchor(journal, sealed):
    journal.tamper("DELETE FROM kit_event WHERE branch_id = 3 AND id >= %s", sealed[8])
    journal.tamper("DELETE FROM kit_block WHERE branch_id = 3 AND number = 3")
    (finding,) = journal.findings()
    assert (finding.code, finding.branch, finding.block) == ("anchor.cut", 3, 3)


def test_without_its_anchors_a_cut_tail_could_not_be_seen_and_their_loss_is_found(journal, sealed):
    anchor_path().unlink()
    assert journal.codes() == ["anchor.missing"]


def test_a_whole_branch_cut_off_is_found_by_the_anchor(journal, sealed):
    journal.tamper("DELETE FROM kit_event WHERE branch_id = 4")
    journal.tamper("DELETE FROM kit_block WHERE branch_id = 4")
    assert [(f.code, f.branch) for f in journal.findings()] == [("anchor.cut", 4)]


def test_a_tail_replaced_after_the_cut_is_found(journal, sealed, caplog):
    journal.tamper("DELETE FROM kit_event WHERE branch_id = 3 AND id >= %s", sealed[8])
    journal.tamper("DELETE FROM kit_block WHERE branch_id = 3 AND number = 3")
    journal.seal()
    assert "no longer ends as anchored" in caplog.text
    journal.write(4)
    journal.seal()
    assert "anchor.differs" in journal.codes()


def test_a_block_deleted_from_the_middle_is_found_with_its_events(journal, sealed):
    journal.tamper("DELETE FROM kit_block WHERE branch_id = 3 AND number = 2")
    found = {(f.code, f.block, f.event) for f in journal.findings()}
    assert found == {("block.missing", 3, None), ("event.unsealed", 2, sealed[4]), ("anchor.cut", 2, None)}


@pytest.mark.parametrize(
    "change",
    [
        "events = events + 1", "upto_xid = upto_xid + 1", "after_xid = after_xid - 1", "era = 2",
        "at = now()",
        "root = sha256('x')", "previous = sha256('x')", "last_event = 1", "places = 'x'", "cluster = '1'",
        "after_event = 1", "closes_at = 5",
    ],
)  # fmt: skip
def test_an_altered_block_is_found(journal, sealed, change):
    journal.tamper(f"UPDATE kit_block SET {change} WHERE branch_id = 3 AND number = 2")
    assert ("block.altered", 3, 2) in {(f.code, f.branch, f.block) for f in journal.findings()}


def test_a_block_forged_with_its_own_hash_but_without_the_key_is_found(journal, sealed):
    journal.tamper("UPDATE kit_event SET actor = 'person:1' WHERE id = %s", sealed[11])
    row = Block.objects.get(branch_id=3, number=3)
    stolen = Block.objects.get(branch_id=3, number=2)
    header = _header(row)
    leaves = [leaf_hash(c, sha256) for c in _canonical(journal, row)]
    forged = replace(header, root=root_of(leaves, sha256))
    journal.tamper(
        "UPDATE kit_block SET root = %s, hash = %s, signature = %s WHERE id = %s",
        forged.root, forged.hash(), bytes(stolen.signature), row.id,
    )  # fmt: skip
    codes = journal.codes()
    assert "block.forged" in codes
    assert "anchor.differs" in codes


def test_a_signature_by_a_stranger_is_found(journal, sealed, tmp_path):
    stranger = blocks.signing_key(tmp_path / "stranger")
    row = Block.objects.get(branch_id=3, number=3)
    signer = blocks.fingerprint(stranger.public_key())
    journal.tamper(
        "UPDATE kit_block SET signature = %s, signer = %s WHERE id = %s",
        stranger.sign(bytes(row.hash)), signer, row.id,
    )  # fmt: skip
    assert journal.codes() == ["block.signer"]


def test_an_unknown_scheme_is_said(journal, sealed):
    journal.tamper("UPDATE kit_block SET scheme = 'md5/1' WHERE branch_id = 3 AND number = 2")
    assert "block.scheme" in journal.codes()


def test_an_unreadable_anchor_is_found(journal, sealed):
    text = anchor_path().read_text()
    anchor_path().write_text("rubbish\n" + text)
    assert journal.codes() == ["anchor.unreadable"]


def test_very_many_findings_are_counted_rather_than_told(journal):
    journal.write(TOLD + 7, together=True)
    journal.seal()
    journal.tamper("UPDATE kit_event SET actor = 'person:1'")
    report = examine()
    assert (len(report.findings), report.untold) == (TOLD, 7)


def test_a_room_can_add_its_own_check(journal):
    def check(connection):
        assert connection.execute("SHOW transaction_read_only").fetchone() == ("on",)
        yield Finding("room.wrong", "7 is not 8", table="room_table", row=7, columns=("sum",))

    register_check("room", check)
    register_check("room", check)
    assert journal.codes() == ["room.wrong"]
    with pytest.raises(ValueError, match="already"):
        register_check("room", lambda connection: [])


def test_a_check_that_cannot_be_computed_is_a_finding_and_the_others_go_on(journal):
    register_check("broken", lambda connection: connection.execute("SELECT 'x'::int"))
    register_check("sound", lambda connection: [Finding("sound", "seen", table="")])
    assert journal.codes() == ["check.failed", "sound"]


def test_the_command_prints_its_figures_as_the_last_line(journal, sealed, capsys):
    assert sealer.verify(json=True) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["ok"] is True
    assert (found["events"], found["entries"], found["blocks"], found["unsealed"]) == (15, 0, 4, 0)
    assert found["findings"] == []
    assert "seconds" in found


def test_the_command_fails_and_names_the_place(journal, sealed, capsys):
    journal.tamper("UPDATE kit_event SET actor = 'x' WHERE id = %s", sealed[0])
    assert verdict.verify() == 1
    told = " ".join(capsys.readouterr().out.split())
    assert f"branch 3 · block 1 · event {sealed[0]} · table kit_event · column actor" in told


def test_a_lost_public_key_is_said(journal, sealed):
    for path in keys_folder().glob("seal-*.pub"):
        path.unlink()
    assert set(journal.codes()) == {"block.signer"}


def test_verifying_changes_nothing(journal, sealed):
    before = journal.ask("SELECT count(*), max(number) FROM kit_block")
    journal.write()
    examine()
    assert journal.ask("SELECT count(*), max(number) FROM kit_block") == before
    assert verifier.CHECKS == {}


def _header(row):
    names = (
        "number",
        "scheme",
        "era",
        "cluster",
        "after_event",
        "closes_at",
        "after_xid",
        "upto_xid",
        "events",
        "last_event",
    )
    fields = [row.branch_id, *(getattr(row, name) for name in names), bytes(row.root)]
    return blocks.Header.of_row(
        fields, blocks.hash_of(row.scheme)(bytes(row.places)), bytes(row.previous), row.at
    )


def _canonical(journal, row):
    rows = journal.ask(
        f"SELECT {blocks.CANONICAL} FROM kit_event e"
        " WHERE branch_id = %s AND xid > %s AND xid <= %s ORDER BY xid, id",
        row.branch_id, row.after_xid, row.upto_xid,
    )  # fmt: skip
    return [bytes(canonical) for (canonical,) in rows]
