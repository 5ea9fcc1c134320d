"""The question bank: questions land at the passage that holds their quote; what does not is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import CORPUS, write_files

from assistant.bank import QuestionBank, documents_with_bank, general_requests, load_bank
from assistant.read import read_corpus
from assistant.split import split_document
from assistant.types import Document, Passage
from assistant.vocabulary import load_vocabulary

TEXT = "# Een\n\nDe opleider beslist.\n\n# Twee\n\nDe opleider beslist.\n\n- koffie en thee\n"


@pytest.fixture
def passages() -> list[Passage]:
    document = Document(id="doc", file="doc.md", title="Doc", text=TEXT, sha256="0")
    return split_document(document, load_vocabulary(Path("geen")))


def load(tmp_path: Path, passages: list[Passage], text: str | bytes) -> QuestionBank:
    write_files(tmp_path, {"questions/doc.yaml": text})
    return load_bank(tmp_path / "questions", passages)


def test_questions_land_at_the_quote_under_the_named_heading(tmp_path: Path, passages: list[Passage]) -> None:
    bank = load(
        tmp_path,
        passages,
        """
document: doc
passages:
  - quote: De opleider beslist.
    under: Twee
    questions: ['Wie beslist?', 'Wie beslist?', 'Beslist de opleider?']
    english: ['Who decides?']
  - quote: koffie
    questions: ['Is er koffie?']
""",
    )
    assert bank.problems == ()
    second = [p for p in passages if p.quote == "De opleider beslist."][1]
    assert second.section == ("Twee",)
    assert bank.of(second) == ("Wie beslist?", "Beslist de opleider?", "Who decides?")
    assert [bank.of(p) for p in passages if p.kind == "item"] == [("Is er koffie?",)]
    assert sum(bool(bank.of(p)) for p in passages) == 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("document: doc\npassages:\n  - {quote: Dat staat er niet, questions: [x]}", "citaat staat niet (meer) in doc"),
        (
            "document: ander\npassages:\n  - {quote: De opleider beslist., questions: [x]}",
            "citaat staat niet (meer) in ander",
        ),
        ("document: doc\npassages:\n  - {questions: [x]}", "regel zonder 'quote'"),
        ("document: doc\npassages:\n  - {quote: '', questions: [x]}", "regel zonder 'quote'"),
        (
            "document: doc\npassages:\n  - {quote: De opleider beslist., questions: 'Wie beslist?'}",
            "'questions' is geen lijst",
        ),
        ("document: doc\npassages: [", "geen geldige vragenlijst"),
        ("passages: []", "geen geldige vragenlijst"),
        ("", "geen geldige vragenlijst"),
        ("document: doc\npassages: 3", "geen geldige vragenlijst"),
        ("x: !!bool misschien", "geen geldige vragenlijst"),
        (b"\xff\xfe", "geen geldige vragenlijst"),
    ],
)
def test_what_is_wrong_is_a_problem_not_an_end(
    tmp_path: Path, passages: list[Passage], text: str | bytes, problem: str
) -> None:
    write_files(
        tmp_path,
        {"questions/goed.yaml": "document: doc\npassages:\n  - {quote: koffie en thee, questions: ['Koffie?']}"},
    )
    bank = load(tmp_path, passages, text)
    assert [problem in str(found) for found in bank.problems] == [True]
    assert all(found.file == "questions/doc.yaml" and "\n" not in str(found) for found in bank.problems)
    assert list(bank.dutch.values()) == [("Koffie?",)]


def test_a_file_without_a_document_lists_what_no_document_answers(tmp_path: Path, passages: list[Passage]) -> None:
    bank = load(tmp_path, passages, "unanswered: ['Wat kost de koffie?']")
    assert bank.problems == ()
    assert bank.unanswered == (*general_requests(), "Wat kost de koffie?")


def test_no_folder_is_an_empty_bank(tmp_path: Path, passages: list[Passage]) -> None:
    assert load_bank(tmp_path / "questions", passages) == QuestionBank(unanswered=general_requests())


def test_every_question_of_the_real_bank_has_its_passage() -> None:
    vocabulary = load_vocabulary(CORPUS / "vocabulary.yaml")
    passages = [p for document in read_corpus(CORPUS)[0] for p in split_document(document, vocabulary)]
    bank = load_bank(CORPUS / "questions", passages)
    assert bank.problems == ()
    assert set(bank.dutch) <= {p.id for p in passages}
    assert sum(map(len, bank.dutch.values())) > 1_000


@pytest.mark.parametrize(("asked", "counts"), [(0, False), (1, False), (2, True), (3, True)])
def test_a_document_has_a_bank_once_half_of_its_passages_have_questions(
    passages: list[Passage], asked: int, counts: bool
) -> None:
    own = [number for number, passage in enumerate(passages) if passage.kind != "heading"]
    assert len(own) == 3
    questions = [["Wie beslist?"] if number in own[:asked] else [] for number in range(len(passages))]
    assert documents_with_bank(passages, questions) == (frozenset({"doc"}) if counts else frozenset())
