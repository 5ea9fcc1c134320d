"""Questions for a new document: what lacks them, what a language model drafts, and nothing counts before review."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from support import run_cli, write_files

from assistant.bank import load_bank
from assistant.errors import FailedError
from assistant.read import read_corpus
from assistant.split import split_document
from assistant.vocabulary import Vocabulary
from assistant.written_questions import (
    Written,
    bank_file,
    coverage,
    drafts_file,
    questions_in,
    read_written,
    take_over,
    write_written,
)
from evals.llm.server import LlmServer, llm_server, says

TEXT = "# Regel\n\n## Kosten\n\nEen kaart kost 15 euro.\n\n## Boete\n\nEen kaart kost 15 euro.\n"
REPLY = (
    "Hier zijn ze:\nNL: Wat moet ik betalen voor een kaart?\n- NL: Hoe duur is een kaart?\nNL: kort?\nEN: What is it?"
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_files(tmp_path / "corpus", {"map/regel.md": TEXT})


def test_only_lines_with_a_question_count_each_once() -> None:
    assert questions_in(
        REPLY + "\nNL: hoe duur is een kaart?\nNL: Zie <b>dit</b>, klopt het?\nDE: Was kostet das?"
    ) == {
        "NL": ("Wat moet ik betalen voor een kaart?", "Hoe duur is een kaart?"),
        "EN": ("What is it?",),
    }


def test_questions_land_at_their_own_passage_among_equal_ones(corpus: Path) -> None:
    documents = read_corpus(corpus)[0]
    passages = coverage(corpus, documents)[0].without
    assert [passage.section[-1] for passage in passages] == ["Kosten", "Boete"]
    second = Written(passages[1].quote.strip(), passages[1].section[-2:], ("Hoe hoog is de boete?",), ("How much?",))
    assert take_over(corpus, "map/regel", [second, Written("leeg", ())]) == 2
    assert take_over(corpus, "map/regel", [second]) == 2
    bank = load_bank(corpus / "questions", split_document(documents[0], Vocabulary()))
    assert bank.problems == ()
    assert bank.of(passages[1]) == ("Hoe hoog is de boete?", "How much?")
    assert [passage.section[-1] for passage in coverage(corpus, documents)[0].without] == ["Kosten"]
    assert len(read_written(bank_file(corpus, "map/regel"))) == 1


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    for text in ("passages: 3", "- a", "passages:\n  - {questions: [x]}", "{", "passages: [3]"):
        (tmp_path / "f.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(FailedError, match="geen geldige vragenlijst"):
            read_written(tmp_path / "f.yaml")


def test_the_command_line_drafts_and_takes_over_only_when_told(corpus: Path, tmp_path: Path) -> None:
    where = ("--corpus", corpus, "--index", tmp_path / "index")
    assert run_cli("questions", *where).stdout == "map/regel: 2 van 2 passages zonder vragen\n"
    alone = run_cli("questions", "map/regel", *where)
    assert (alone.returncode, "geen taalmodel" in alone.stdout) == (0, True)
    assert run_cli("questions", "map/regel", "--accept", *where).returncode == 2
    with llm_server(says(REPLY)) as model:
        drafted = run_cli("questions", "map/regel", "--json", *where, **using(model))
        assert (drafted.returncode, json.loads(drafted.stdout)["drafted"]) == (0, 2), drafted.stderr
        asked = model.requests[0]["messages"]
        assert "<passage>\nEen kaart kost 15 euro.\n</passage>" in asked[1]["content"]
        assert json.loads(run_cli("questions", "map/regel", "--json", *where, **using(model)).stdout)["drafted"] == 0
    assert not (corpus / "questions").exists()
    file = drafts_file(tmp_path / "index", "map/regel")
    file.write_text(file.read_text().replace("Hoe duur is een kaart?", "Hoe prijzig is een kaart?"), encoding="utf-8")
    assert run_cli("questions", "map/regel", "--accept", *where).returncode == 0
    assert not file.exists()
    assert run_cli("questions", *where).stdout == "map/regel: 0 van 2 passages zonder vragen\n"
    kept = yaml.safe_load(bank_file(corpus, "map/regel").read_text())
    assert "Hoe prijzig is een kaart?" in kept["passages"][0]["questions"]


def test_an_endpoint_that_fails_stops_the_drafting_and_keeps_what_there_is(corpus: Path, tmp_path: Path) -> None:
    where = ("--corpus", corpus, "--index", tmp_path / "index")
    with llm_server(lambda exchange: exchange.status(500)) as model:
        failed = run_cli("questions", "map/regel", *where, **using(model))
    assert failed.returncode == 1
    assert "gestopt" in failed.stderr
    file = drafts_file(tmp_path / "index", "map/regel")
    write_written(
        file, "map/regel", [Written("Een kaart kost 15 euro.", ("Regel", "Kosten"), ("Wat kost een kaart?",))]
    )
    with llm_server(says("Ik kan dit niet.")) as model:
        assert run_cli("questions", "map/regel", *where, **using(model)).returncode == 0
        assert len(model.requests) == 1, "the same words under another heading have no draft yet"
    assert [row.questions for row in read_written(file)] == [("Wat kost een kaart?",)]


def using(model: LlmServer) -> dict[str, str]:
    return {"ASSISTANT_LLM_BASE_URL": model.url, "ASSISTANT_LLM_MODEL": "klein"}
