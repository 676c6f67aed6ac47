"""Work that is done again and again beside the server."""

import threading

from counterpoint.kit import watch


def test_it_goes_on_when_a_round_fails_and_stops_when_told(monkeypatch, caplog):
    stop, rounds = threading.Event(), []

    def round_of():
        rounds.append(len(rounds))
        if len(rounds) == 1:
            raise RuntimeError("the line was cut")
        stop.set()

    monkeypatch.setattr(watch, "close_old_connections", lambda: None)
    monkeypatch.setattr(watch.connection, "close", lambda: None)
    watch.repeat(round_of, stop=stop, every=0)
    assert len(rounds) == 2
    assert "tried again" in caplog.text


def test_one_work_in_trouble_does_not_keep_the_others_from_being_done(monkeypatch, caplog):
    stop, done = threading.Event(), []

    def broken():
        raise RuntimeError("a row that nobody can read")

    def behind():
        done.append(len(done))
        stop.set()

    monkeypatch.setattr(watch, "close_old_connections", lambda: None)
    monkeypatch.setattr(watch.connection, "close", lambda: None)
    watch.repeat(broken, behind, stop=stop, every=0)
    assert done == [0]
    assert "broken failed" in caplog.text
