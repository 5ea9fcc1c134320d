"""What a candidate would lose: many passages of a document, but not what was reworded, moved or kept elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import run_cli, write_files

from assistant.build import build_index
from assistant.embed import Encoder
from assistant.errors import FailedError
from assistant.losses import losses, warnings_of
from assistant.publication import check_gate, save_gate
from assistant.snapshot import published_id, snapshot_ids

TOPICS = "rooster toetsing verlof overdracht scholing huisvesting begroting klachten nachtdienst parkeren".split()
LINES = [f"De regeling voor {topic} staat in bijlage {n} en geldt {n + 2} jaar." for n, topic in enumerate(TOPICS)]


def text(lines: list[str]) -> str:
    return "---\ntitle: Het reglement\n---\n# Het reglement\n\n" + "\n\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("files", "lost"),
    [
        ({"reglement.md": text([line.replace("De regeling voor", "De afspraak over") for line in LINES])}, []),
        ({"reglement.md": text(LINES[:8])}, []),
        ({"reglement.md": text(LINES[:7])}, ["Het reglement: 3 van de 10 passages verdwijnen"]),
        ({"reglement.md": None}, ["Het reglement: 10 van de 10 passages verdwijnen"]),
        ({"reglement.md": None, "nieuw/regels.md": text(LINES)}, []),
        ({"reglement.md": text(LINES[:4]), "bijlage.md": text(LINES[4:])}, []),
    ],
    ids=["reworded", "a little", "much", "removed", "moved", "divided"],
)
def test_what_counts_as_a_loss(tmp_path: Path, encoder: Encoder, files: dict[str, str | None], lost: list[str]) -> None:
    corpus, index = (
        write_files(tmp_path / "corpus", {"reglement.md": text(LINES), "ander.md": "# Iets\n\nAnders.\n"}),
        tmp_path / "index",
    )
    before = build_index(corpus, index, encoder).snapshot
    for name, content in files.items():
        (corpus / name).unlink(missing_ok=True)
        if content is not None:
            write_files(corpus, {name: content})
    after = build_index(corpus, index, encoder, publishing=False).snapshot
    assert [str(loss) for loss in losses(index, before, after)] == lost
    assert losses(index, before, after, {"reglement"}) == ()


def test_losses_ask_for_a_reason_and_are_said(tmp_path: Path) -> None:
    assert warnings_of((), ()) == []
    gone = [{"id": f"v{n:02}", "document": "d", "quote": "q"} for n in range(12)]
    assert warnings_of((), [*gone, gone[0]])[0].endswith("v08, v09 en nog 2")
    save_gate(tmp_path, "x", {"failures": [], "losses": ["Het reglement: 3 van de 10 passages verdwijnen"]})
    with pytest.raises(FailedError, match="3 van de 10"):
        check_gate(tmp_path, "x", None)
    assert check_gate(tmp_path, "x", "ingekort") == "failed"
    save_gate(tmp_path, "y", {"measured": False, "losses": []})
    assert check_gate(tmp_path, "y", None) == "none"


def test_the_command_line_warns_where_no_gate_stands_and_stops_where_one_does(tmp_path: Path) -> None:
    corpus = write_files(tmp_path / "corpus", {"reglement.md": text(LINES)})
    where = ("--corpus", corpus, "--index", tmp_path / "index")
    assert run_cli("index", *where).stderr == ""
    write_files(corpus, {"reglement.md": text(LINES[:3])})
    stopped = run_cli("index", "--gate", *where)
    assert (stopped.returncode, "7 van de 10 passages verdwijnen" in stopped.stderr) == (1, True)
    done = run_cli("index", *where)
    assert (done.returncode, "let op: Het reglement: 7 van de 10" in done.stderr) == (0, True), done.stderr


def test_the_way_back_passes_over_a_candidate_that_the_gate_stopped(tmp_path: Path) -> None:
    corpus = write_files(tmp_path / "corpus", {"reglement.md": text(LINES)})
    where = ("--corpus", corpus, "--index", tmp_path / "index")
    run_cli("index", *where)
    first = published_id(tmp_path / "index")
    write_files(corpus, {"reglement.md": text(LINES[:3])})
    assert run_cli("index", "--gate", *where).returncode == 1
    write_files(corpus, {"reglement.md": text([*LINES, "De kantine sluit om acht uur."])})
    assert run_cli("index", *where).returncode == 0
    assert len(snapshot_ids(tmp_path / "index")) == 3
    back = run_cli("rollback", *where)
    assert back.stdout == f"In gebruik: {first}\n", back.stderr
