"""Reviewed feedback becomes drafts of cases, and only the accepted does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.types import Document
from evals.cases import CaseError, load_cases
from evals.feedback import drafts

DOCUMENTS = {"doc": Document("doc", "doc.md", "Titel", "De aios vraagt tijdig om supervisie.", "sha")}
QUOTE = {"document": "doc", "quote": "vraagt tijdig om supervisie"}


def lines(*rows: dict[str, object]) -> list[str]:
    return [json.dumps({"verdict": "accepted", "note": "", **row}) for row in rows]


def test_an_accepted_line_becomes_a_draft_that_loads_as_a_case(tmp_path: Path) -> None:
    given = lines(
        {"question": "Wanneer vraag ik supervisie?", "citations": [QUOTE], "actor": "aios", "note": "tijdig"},
        {"question": "Wat kost supervisie?", "verdict": "rejected"},
        {"question": "What does supervision cost?"},
    )
    found = list(drafts([*given, ""], DOCUMENTS))
    assert [row["question"] for row in found] == ["Wanneer vraag ik supervisie?", "What does supervision cost?"]
    answerable, refusal = found
    assert (answerable["answerable"], answerable["gold"], answerable["note"]) == (True, [QUOTE], "tijdig")
    assert "facts" in answerable["todo"]
    assert (refusal["answerable"], refusal["kind"], refusal["language"]) == (False, "unanswerable", "en")

    path = tmp_path / "drafts.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in found), encoding="utf-8")
    cases = load_cases(path, DOCUMENTS)
    assert [case.id for case in cases] == [row["id"] for row in found]
    assert cases[0].gold[0].spans == (("doc", 8, 35),)


def test_a_question_gives_one_draft_and_none_when_it_is_a_case() -> None:
    given = lines({"question": "Wat kost het?"}, {"question": "wat kost het"}, {"question": "Bestaat al?"})
    assert [row["question"] for row in drafts(given, DOCUMENTS, known=["bestaat al"])] == ["Wat kost het?"]


def test_a_follow_up_keeps_what_was_asked_before() -> None:
    (row,) = drafts(lines({"question": "en voor ons?", "history": ["Wie vraagt?"], "citations": [QUOTE]}), DOCUMENTS)
    assert (row["kind"], row["history"]) == ("follow-up", ["Wie vraagt?"])


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        json.dumps({"question": "Wat?"}),
        json.dumps({"question": "Wat?", "verdict": "accepted", "citations": [{"document": "doc"}]}),
        json.dumps({"question": "Wat?", "verdict": "accepted", "citations": [{"document": "doc", "quote": "weg"}]}),
    ],
)
def test_a_line_that_cannot_be_used_is_named(line: str) -> None:
    with pytest.raises(CaseError, match="feedback, line 2"):
        list(drafts(["", line], DOCUMENTS))
