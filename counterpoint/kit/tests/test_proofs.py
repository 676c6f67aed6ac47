import json

import pytest

from counterpoint.kit import blocks
from counterpoint.kit.finality import keys_folder
from counterpoint.kit.proofs import ProofFailed, UnsealedYet, check_proof, proof


@pytest.fixture
def event(journal):
    ids = journal.write(5) + journal.write(6, together=True)
    journal.seal()
    return ids[7]


@pytest.fixture
def public(event):
    (path,) = keys_folder().glob("seal-*.pub")
    return path.read_bytes()


def test_an_auditor_checks_a_proof_with_the_public_key_alone(event, public):
    columns = check_proof(json.dumps(proof(event)), public)
    assert (columns["id"], columns["branch_id"], columns["verb"]) == (event, 3, "kit.test.sealed")
    assert columns["data"] == {"n": 3, "额": "壹元"}


def test_every_event_has_a_proof(journal, event, public):
    for (each,) in journal.ask("SELECT id FROM kit_event"):
        assert check_proof(proof(each), public)["id"] == each


@pytest.mark.parametrize(
    "alter",
    [
        lambda p: p.update(event=p["event"].replace("壹元", "贰元")),
        lambda p: p.update(index=p["index"] - 1),
        lambda p: p["path"].pop(),
        lambda p: p["path"].reverse(),
        lambda p: p["block"].update(at="2020-01-01T00:00:00+00:00"),
        lambda p: p["block"].update(root="00" * 32),
        lambda p: p.update(signature="00" * 64),
        lambda p: p.pop("path"),
        lambda p: p["block"].update(scheme="md5/1"),
        lambda p: p["block"].update(extra=1),
        lambda p: p.update(index="0"),
    ],
)
def test_an_altered_proof_proves_nothing(event, public, alter):
    found = proof(event)
    alter(found)
    with pytest.raises(ProofFailed):
        check_proof(found, public)


def test_another_banks_key_does_not_do(event, tmp_path):
    other = blocks.public_pem(blocks.signing_key(tmp_path / "other").public_key())
    with pytest.raises(ProofFailed, match="not signed"):
        check_proof(proof(event), other)


@pytest.mark.parametrize("rubbish", ["", "[]", "null", "{}", b"\xff", '{"block": 3}'])
def test_rubbish_is_no_proof(event, public, rubbish):
    with pytest.raises(ProofFailed):
        check_proof(rubbish, public)


def test_an_event_that_is_not_sealed_has_no_proof_yet(journal, event):
    (fresh,) = journal.write()
    with pytest.raises(UnsealedYet):
        proof(fresh)
    with pytest.raises(UnsealedYet):
        proof(10**12)


def test_an_altered_event_gets_a_proof_that_fails(journal, event, public):
    journal.tamper("UPDATE kit_event SET actor = 'person:1' WHERE id = %s", event)
    with pytest.raises(ProofFailed):
        check_proof(proof(event), public)
