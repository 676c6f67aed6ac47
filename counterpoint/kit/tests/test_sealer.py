import stat
import threading

import pytest
from django.db import connection

from counterpoint.kit import finality, sealer
from counterpoint.kit.anchors import AnchorFile
from counterpoint.kit.blocks import COLUMNS
from counterpoint.kit.finality import Horizon, anchor_path, keys_folder
from counterpoint.kit.models import Block, Event
from counterpoint.kit.verifier import examine


def test_the_leaf_holds_every_column_of_an_event():
    assert list(COLUMNS) == [field.column for field in Event._meta.concrete_fields]


def test_every_final_event_is_sealed_once(journal):
    journal.write(5)
    journal.write(2, branch=4)
    first, second = journal.seal(), journal.seal()
    assert (first.blocks, first.events) == (2, 7)
    assert (second.blocks, second.events) == (0, 0)
    report = examine()
    assert (report.ok, report.events, report.blocks, report.unsealed) == (True, 7, 2, 0)


def test_blocks_of_a_branch_are_numbered_and_chained(journal):
    for _ in range(3):
        journal.write(2)
        journal.seal()
    rows = list(Block.objects.order_by("number"))
    assert [block.number for block in rows] == [1, 2, 3]
    assert bytes(rows[0].previous) == bytes(32)
    assert [bytes(b.previous) for b in rows[1:]] == [bytes(b.hash) for b in rows[:-1]]
    assert [b.after_xid for b in rows[1:]] == [b.upto_xid for b in rows[:-1]]


def test_a_large_backlog_becomes_several_blocks_split_between_transactions(journal, monkeypatch):
    monkeypatch.setattr(sealer, "BLOCK_EVENTS", 10)
    journal.write(25)
    journal.write(15, together=True)
    journal.seal()
    assert list(Block.objects.order_by("number").values_list("events", flat=True)) == [10, 10, 20]
    assert examine().ok


def test_events_written_before_the_seal_of_an_idle_branch_are_not_missed(journal):
    journal.write(1, branch=3)
    journal.write(1, branch=4)
    journal.seal()
    for _ in range(3):
        journal.write(1, branch=4)
        journal.seal()
    journal.write(1, branch=3)
    journal.seal()
    report = examine()
    assert (report.ok, report.unsealed) == (True, 0)


def test_events_of_a_long_transaction_are_sealed_after_it_and_never_lost(journal, another_line):
    with another_line.transaction():
        another_line.execute(
            "INSERT INTO kit_event (branch_id, verb, subject, actor, data) VALUES (3, 'v', 's', 'a', '{}')"
        )
        later = journal.write(3)
        assert journal.seal().events == 0, "what came after an open transaction is not final"
        report = examine()
        assert (report.ok, report.unsealed) == (True, len(later))
    assert journal.seal().events == 4
    assert journal.seal().events == 0
    report = examine()
    assert (report.ok, report.unsealed) == (True, 0)


def test_without_the_wait_for_open_transactions_an_event_would_be_lost(journal, another_line, monkeypatch):
    def hasty(line):
        real = finality.horizon(line)
        return Horizon(real.next, real.next, real.cluster)

    monkeypatch.setattr(sealer, "horizon", hasty)
    with another_line.transaction():
        another_line.execute(
            "INSERT INTO kit_event (branch_id, verb, subject, actor, data) VALUES (3, 'v', 's', 'a', '{}')"
        )
        journal.write(3)
        assert journal.seal().events == 3
    assert journal.seal().events == 0
    assert "event.inserted" in journal.codes()


def test_two_sealers_take_turns(journal, in_thread):
    stop = threading.Event()
    results = []

    def seal():
        while not stop.is_set():
            results.append(sealer.seal_once())

    for _ in range(3):
        in_thread(seal)
    try:
        for _ in range(40):
            journal.write(2)
    finally:
        stop.set()
    while any(t.name != "MainThread" and t.is_alive() and not t.daemon for t in threading.enumerate()):
        threading.Event().wait(0.01)
    journal.seal()
    assert Event.objects.count() == 80
    report = examine()
    assert (report.ok, report.unsealed) == (True, 0)
    assert any(result.busy for result in results)


def test_while_another_process_seals_this_one_steps_back(journal, another_line):
    another_line.execute("SELECT pg_advisory_lock(%s)", [finality.LOCK])
    journal.write()
    assert journal.seal().busy


def test_the_private_key_is_made_once_and_only_for_its_owner(journal):
    journal.write()
    journal.seal()
    key = keys_folder() / "seal.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    first = key.read_bytes()
    journal.write()
    journal.seal()
    assert key.read_bytes() == first
    assert len(list(keys_folder().glob("seal-*.pub"))) == 1


def test_blocks_signed_with_an_earlier_key_still_verify(journal):
    journal.write()
    journal.seal()
    (keys_folder() / "seal.key").unlink()
    journal.write()
    journal.seal()
    assert len(set(Block.objects.values_list("signer", flat=True))) == 2
    assert examine().ok


def test_the_running_product_may_add_blocks_and_change_none(journal, another_line):
    journal.write()
    another_line.execute("SET ROLE counterpoint_app")
    assert sealer.seal_once(another_line).blocks == 1
    with pytest.raises(Exception, match="permission denied"):
        another_line.execute("DELETE FROM kit_block")


def test_every_new_head_is_anchored_outside_the_database(journal):
    journal.write()
    journal.seal()
    journal.write()
    journal.seal()
    blocks = Block.objects.order_by("number")
    assert [(a["number"], a["hash"]) for a in journal.anchors()] == [
        (block.number, bytes(block.hash).hex()) for block in blocks
    ]


def test_a_head_that_a_crash_left_without_anchor_is_anchored_next(journal, monkeypatch):
    journal.write()
    with monkeypatch.context() as patch:
        patch.setattr(AnchorFile, "append", lambda self, anchors: None)
        journal.seal()
    assert not anchor_path().exists()
    journal.seal()
    assert [anchor["number"] for anchor in journal.anchors()] == [1]


def test_a_line_torn_by_a_crash_is_dropped(journal):
    journal.write()
    journal.seal()
    with anchor_path().open("a") as file:
        file.write('{"branch": 3, "num')
    assert examine().ok
    journal.write()
    journal.seal()
    assert [anchor["number"] for anchor in journal.anchors()] == [1, 2]


def test_the_thread_survives_trouble_and_goes_on(journal, in_thread, monkeypatch, caplog):
    stop, sealed = threading.Event(), threading.Event()
    real, turns = sealer.seal_once, []

    def stumbling(*args, **kwargs):
        turns.append(1)
        if len(turns) == 1:
            raise OSError("the disk coughs")
        result = real(*args, **kwargs)
        if result.events:
            sealed.set()
        return result

    monkeypatch.setattr(sealer, "seal_once", stumbling)
    journal.write()
    thread = in_thread(lambda: sealer.run_forever(stop, every=0.01))
    assert sealed.wait(20)
    stop.set()
    thread.join(20)
    assert "Sealing failed" in caplog.text
    assert examine().ok


# --- a new cluster ---


def restored(monkeypatch, *, cluster, ahead=0):
    """From now on the transaction numbers are those of ``cluster``, ``ahead`` of the real ones."""

    def horizon(line):
        real = finality_horizon(line)
        return Horizon(real.final + ahead, real.next + ahead, cluster)

    finality_horizon = finality_original
    monkeypatch.setattr(sealer, "horizon", horizon)
    monkeypatch.setattr(finality, "horizon", horizon)


finality_original = finality.horizon
FAR = 10**12


def test_after_a_restore_into_a_new_cluster_an_era_ends_and_another_begins(journal, monkeypatch):
    with monkeypatch.context() as old:
        restored(old, cluster="old", ahead=FAR)
        journal.write(3, xid=FAR + 1)
        journal.seal()
        tail = journal.write(2, xid=FAR * 2)  # written in the old cluster, not sealed there any more
    early = journal.write(2)  # written in the new cluster before its sealer started
    result = journal.seal()
    assert result.new_era
    assert result.events == len(tail) + len(early)
    journal.write(2)
    assert not journal.seal().new_era
    rows = list(Block.objects.order_by("number").values_list("era", "events", "closes_at"))
    assert rows == [(1, 3, None), (1, 2, tail[-1]), (2, 2, None), (2, 2, None)]
    report = examine()
    assert (report.ok, report.unsealed) == (True, 0)


def test_between_a_restore_and_the_next_seal_nothing_is_suspected(journal, monkeypatch):
    with monkeypatch.context() as old:
        restored(old, cluster="old", ahead=FAR)
        sealed = journal.write(3, xid=FAR + 1)
        journal.seal()
        journal.write(2, xid=FAR * 2)
    journal.write(2)
    report = examine()
    assert (report.ok, report.unsealed) == (True, 4)
    assert "restored from another cluster" in report.notes[0]
    journal.tamper("DELETE FROM kit_event WHERE id = %s", sealed[0])
    assert journal.codes() == ["event.deleted"]


def test_a_new_cluster_is_noticed_even_when_its_numbers_are_higher(journal, monkeypatch):
    with monkeypatch.context() as old:
        restored(old, cluster="old")
        journal.write(3)
        journal.seal()
    assert journal.seal().new_era
    assert not journal.seal().new_era
    journal.write(1)
    assert journal.seal().events == 1
    assert examine().ok


def test_a_restore_of_what_was_never_sealed_is_sealed_whole(journal):
    journal.write(3, xid=FAR)
    journal.write(2)
    result = journal.seal()
    assert (result.new_era, result.events) == (True, 5)
    report = examine()
    assert (report.ok, report.unsealed) == (True, 0)


def test_alterations_in_every_era_are_found(journal, monkeypatch):
    with monkeypatch.context() as old:
        restored(old, cluster="old", ahead=FAR)
        sealed = journal.write(3, xid=FAR + 1)
        journal.seal()
        tail = journal.write(2, xid=FAR * 2)
    new = journal.write(2)
    journal.seal()
    for event in (sealed[1], tail[0], new[1]):
        journal.tamper("UPDATE kit_event SET actor = 'person:1' WHERE id = %s", event)
    places = [(finding.code, finding.event, finding.columns) for finding in journal.findings()]
    assert places == [("event.altered", event, ("actor",)) for event in (sealed[1], tail[0], new[1])]


def test_the_superuser_role_is_not_needed_to_read_the_horizon(journal):
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE counterpoint_app")
        try:
            cursor.execute(finality.HORIZON)
            assert len(cursor.fetchone()) == 3
        finally:
            cursor.execute("RESET ROLE")


def test_events_that_come_while_the_first_seal_is_made_are_of_this_cluster(journal, monkeypatch):
    journal.write(2)
    measured = sealer.horizon

    def overtaken(connection):
        line = measured(connection)
        journal.write(3)
        return line

    monkeypatch.setattr(sealer, "horizon", overtaken)
    assert not journal.seal().new_era
    monkeypatch.setattr(sealer, "horizon", measured)
    journal.seal()
    report = examine()
    assert (report.ok, report.events, report.unsealed) == (True, 5, 0)
