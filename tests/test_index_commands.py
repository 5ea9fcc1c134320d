"""What would change before it goes live: the plan of a build, two snapshots compared, the gate, answers as of a day."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from assistant.as_of import day, open_as_of
from assistant.bank import general_requests
from assistant.build import build_index
from assistant.cli import main
from assistant.difference import compare, snapshot_named
from assistant.embed import load_encoder
from assistant.errors import FailedError, UsageError
from assistant.index_commands import _parts
from assistant.plan import plan_index
from assistant.publication import check_gate, gate_of, save_gate
from assistant.settings import Settings
from assistant.snapshot import published_id
from evals import effect as effects
from evals.effect import measure_effect

FRONT = "---\ntitle: {}\nstatus: {}\nvalid-from: {}\nvalid-until: {}\n---\n\n"


@pytest.fixture(scope="module")
def encoder():
    return load_encoder("bundled")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "stage.md").write_text("# Stage\n\nDe stage in het ziekenhuis duurt twaalf maanden.\n", encoding="utf-8")
    (corpus / "toets.md").write_text(
        "# Toets\n\nDe kennistoets wordt elk voorjaar afgenomen in Utrecht.\n", encoding="utf-8"
    )
    (corpus / "verlof.md").write_text("# Verlof\n\nVerlof vraag je aan bij de opleider.\n", encoding="utf-8")
    return Settings(corpus=corpus, index=tmp_path / "index")


def build(settings: Settings, encoder, **options):
    return build_index(settings.corpus, settings.index, encoder, **options)


def change(settings: Settings) -> None:
    (settings.corpus / "stage.md").write_text(
        "# Stage\n\nDe stage in het ziekenhuis duurt zes maanden.\n", encoding="utf-8"
    )
    (settings.corpus / "toets.md").rename(settings.corpus / "toetsing.md")
    (settings.corpus / "verlof.md").unlink()
    (settings.corpus / "nieuw.md").write_text("# Nieuw\n\nElke aios krijgt een buddy.\n", encoding="utf-8")
    (settings.corpus / "leeg.md").write_text("", encoding="utf-8")


def test_a_plan_says_what_a_build_then_does(settings: Settings, encoder) -> None:
    assert plan_index(settings.corpus, settings.index, encoder).to_embed == 3 + len(general_requests())
    build(settings, encoder)
    assert plan_index(settings.corpus, settings.index, encoder).up_to_date
    change(settings)
    before = {path: path.read_bytes() for path in settings.index.rglob("*") if path.is_file()}
    plan = plan_index(settings.corpus, settings.index, encoder)
    assert {path: path.read_bytes() for path in settings.index.rglob("*") if path.is_file()} == before
    assert (plan.added, plan.updated, plan.removed) == (("nieuw.md",), ("stage.md",), ("verlof.md",))
    assert plan.moved == (("toets.md", "toetsing.md"),)
    assert [problem.file for problem in plan.failed] == ["leeg.md"]
    assert build(settings, encoder).embedded == plan.to_embed == 2


def test_a_candidate_is_not_live_and_is_compared_with_what_is(settings: Settings, encoder) -> None:
    live = build(settings, encoder).snapshot
    change(settings)
    candidate = build(settings, encoder, publishing=False).snapshot
    assert published_id(settings.index) == live != candidate
    found = compare(settings.index, snapshot_named(settings.index, "huidig"), candidate)
    assert (found.documents_added, found.documents_changed, found.documents_removed) == (
        ("nieuw.md",),
        ("stage.md",),
        ("verlof.md",),
    )
    assert found.documents_moved == (("toets.md", "toetsing.md"),)
    assert [p.quote for p in found.passages_added] == [
        "Elke aios krijgt een buddy.",
        "De stage in het ziekenhuis duurt zes maanden.",
    ]
    assert found.passages_kept == 1
    # What is built again from the same corpus is the candidate, now published.
    assert build(settings, encoder).snapshot == candidate == published_id(settings.index)


def test_a_name_must_mean_one_snapshot(settings: Settings, encoder) -> None:
    live = build(settings, encoder).snapshot
    assert snapshot_named(settings.index, live[:16]) == live
    with pytest.raises(UsageError, match="geen versie 1999"):
        snapshot_named(settings.index, "1999")


def cases(path: Path, *rows: tuple[str, str, str, str]) -> Path:
    lines = [
        {
            "id": id,
            "question": question,
            "language": "nl",
            "persona": "aios",
            "actor": None,
            "kind": "fact",
            "history": [],
            "answerable": True,
            "gold": [{"document": document, "quote": quote}],
            "facts": [[quote.split()[-1].rstrip(".")]],
            "forbid": [],
        }
        for id, question, document, quote in rows
    ]
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_the_effect_names_changed_answers_and_vanished_quotes(settings: Settings, encoder, tmp_path: Path) -> None:
    file = cases(
        tmp_path / "cases.jsonl",
        (
            "t1",
            "Hoe lang duurt de stage in het ziekenhuis?",
            "stage",
            "De stage in het ziekenhuis duurt twaalf maanden.",
        ),
        (
            "t2",
            "Waar wordt de kennistoets afgenomen?",
            "toets",
            "De kennistoets wordt elk voorjaar afgenomen in Utrecht.",
        ),
    )
    live = build(settings, encoder).snapshot
    (settings.corpus / "stage.md").write_text("# Stage\n\nDe stage duurt zes maanden.\n", encoding="utf-8")
    (settings.corpus / "toets.md").write_text(
        "# Toets\n\nDe kennistoets wordt elk voorjaar afgenomen in Utrecht.\n\n## Kennistoets\n\nWaar de "
        "kennistoets wordt afgenomen, bepaalt het bestuur.\n",
        encoding="utf-8",
    )
    candidate = build(settings, encoder, publishing=False).snapshot
    found = measure_effect(_parts(settings, live), _parts(settings, candidate), path=file)
    assert found.cases == 1
    assert [(gone.id, gone.document) for gone in found.vanished] == [("t1", "stage")]
    same = measure_effect(_parts(settings, live), _parts(settings, live), path=file)
    assert (same.cases, same.changes, same.vanished, same.failures) == (2, (), (), ())


@pytest.mark.parametrize(
    ("after", "quality", "verdict"),
    [
        ((("d", 2, 6),), 1.0, None),
        ((("d", 8, 12),), 1.0, "other"),
        ((("d", 8, 12),), 0.5, "worse"),
        ((("d", 2, 6),), 1.5, "better"),
    ],
)
def test_an_answer_changed_when_other_words_are_cited_or_it_is_worth_more_or_less(
    after: tuple, quality: float, verdict: str | None
) -> None:
    def parts(text: str) -> SimpleNamespace:
        return SimpleNamespace(snapshot=SimpleNamespace(documents={"d": SimpleNamespace(text=text)}))

    one = SimpleNamespace(id="c", question="q", status="answered", text="a", cited=(("d", 0, 4),), quality=1.0)
    other = SimpleNamespace(id="c", question="q", status="answered", text="b", cited=after, quality=quality)
    # The words 'oude' have moved two places: cited there, they are the same answer.
    change = effects._change(one, other, parts("oude tekst"), parts("x oude tekst"))
    assert (change.verdict if change else None) == verdict


def test_clearly_worse_answers_fail_and_one_unlucky_one_does_not(monkeypatch) -> None:
    class Outcome:
        def __init__(self, quality: float) -> None:
            self.quality = quality

    def pairs(worse: int) -> list:
        return [(Outcome(1.0), Outcome(0.0 if number < worse else 1.0)) for number in range(500)]

    assert effects._worse(pairs(0)) == effects._worse(pairs(1)) == effects._worse(pairs(3)) == []
    assert effects._worse(pairs(5)) == ["de antwoorden zijn slechter: 5 van 500 vragen, gemiddeld -0.010"]


def test_a_failed_gate_is_passed_only_with_a_reason_and_that_is_recorded(settings: Settings, encoder, capsys) -> None:
    live = build(settings, encoder).snapshot
    change(settings)
    candidate = build(settings, encoder, publishing=False).snapshot
    places = ["--corpus", str(settings.corpus), "--index", str(settings.index)]
    # None of the questions of the evals is about these documents: what cannot be measured does not go live.
    assert main(["index", "--gate", *places]) == 1
    assert "er is niets gemeten" in capsys.readouterr().err
    assert main(["publish", candidate, *places]) == 1
    assert main(["publish", candidate, "--past-gate", " ", *places]) == 1
    assert published_id(settings.index) == live
    assert main(["publish", candidate, "--past-gate", "spoed", *places]) == 0
    assert published_id(settings.index) == candidate
    line = json.loads((settings.index / "publications.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (line["snapshot"], line["gate"], line["reason"]) == (candidate, "failed", "spoed")
    assert line["who"] and line["when"]


def test_a_gate_that_cannot_be_read_is_not_passed(tmp_path: Path) -> None:
    save_gate(tmp_path, "x", {"failures": []})
    assert check_gate(tmp_path, "x", None) == "passed" and check_gate(tmp_path, "y", None) == "none"
    (tmp_path / "gates/x.json").write_text("{", encoding="utf-8")
    with pytest.raises(FailedError, match="beschadigd"):
        gate_of(tmp_path, "x")


def test_answers_as_of_an_earlier_day(settings: Settings, encoder) -> None:
    (settings.corpus / "archive").mkdir()
    (settings.corpus / "stage.md").write_text(
        FRONT.format("Stage", "vastgesteld", "2024-01-01", "").replace("valid-until: \n", "")
        + "# Stage\n\nDe stage in het ziekenhuis duurt zes maanden.\n",
        encoding="utf-8",
    )
    (settings.corpus / "archive/stage-tot-2024-01-01.md").write_text(
        FRONT.format("Stage", "vervangen", "2020-01-01", "2024-01-01")
        + "# Stage\n\nDe stage in het ziekenhuis duurt twaalf maanden.\n",
        encoding="utf-8",
    )
    build(settings, encoder)
    question = "Hoe lang duurt de stage in het ziekenhuis?"
    then = open_as_of(settings, date(2023, 6, 1))
    assert "stage-tot-2024-01-01" in {d.rsplit("/")[-1] for d in then.snapshot.documents}
    assert [hit.passage.quote for hit in then.search(question, k=1)] == [
        "De stage in het ziekenhuis duurt twaalf maanden."
    ]
    now = open_as_of(settings, date(2024, 1, 1))
    assert [hit.passage.quote for hit in now.search(question, k=1)] == ["De stage in het ziekenhuis duurt zes maanden."]
    assert "twaalf" not in (settings.index / published_id(settings.index) / "documents.jsonl").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("text", ["gisteren", "2023-13-01", "1-6-2023", "20230601"])
def test_a_day_is_written_one_way(text: str) -> None:
    with pytest.raises(UsageError, match="2023-06-01"):
        day(text)


def test_a_dry_run_on_the_command_line(settings: Settings, encoder, capsys) -> None:
    build(settings, encoder)
    change(settings)
    assert main(["index", "--dry-run", "--json", "--corpus", str(settings.corpus), "--index", str(settings.index)]) == 1
    shown = json.loads(capsys.readouterr().out)
    assert shown["updated"] == ["stage.md"] and shown["failed"][0]["file"] == "leeg.md"
