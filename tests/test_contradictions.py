"""Passages of two documents that cannot both hold are named; those that merely look alike are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.add import accept, prepare
from assistant.contradictions import contradictions
from assistant.read import read_corpus
from assistant.split import split_document
from assistant.types import Document, Passage
from assistant.vocabulary import load_vocabulary

ROOT = Path(__file__).resolve().parents[1]
VOCABULARY = load_vocabulary(ROOT / "corpus/vocabulary.yaml")


def passages(name: str, text: str) -> list[Passage]:
    return split_document(Document(name, f"{name}.md", name, text, ""), VOCABULARY)


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (
            "De aios heeft vier keer per jaar een voortgangsgesprek met de opleider.",
            "De aios heeft minstens zes keer per jaar een voortgangsgesprek met de opleider.",
            "getal (6)",
        ),
        (
            "De kennistoets telt mee voor de geschiktheidsbeoordeling van de aios.",
            "De kennistoets telt niet mee voor de geschiktheidsbeoordeling van de aios.",
            "ontkenning",
        ),
        (
            "Elke opleider moet jaarlijks een docentcursus volgen.",
            "Elke opleider mag jaarlijks een docentcursus volgen.",
            "wat moet of mag",
        ),
        (
            "De aios heeft 4 keer per jaar een voortgangsgesprek.",
            "Aios hebben vier keer per jaar een voortgangsgesprek.",
            None,
        ),
        (
            "De stage duurt zes maanden en vindt plaats in Utrecht.",
            "De kennistoets duurt twee uur en vindt plaats in Zwolle.",
            None,
        ),
    ],
)
def test_what_differs_between_two_documents(one: str, other: str, why: str | None) -> None:
    found = contradictions([*passages("a", one), *passages("b", other)])
    assert [c.why for c in found] == ([why] if why else [])


def test_other_actors_and_one_document_do_not_contradict() -> None:
    text = "## Actor {}\n\n### Taken\n\n- houdt {} keer per jaar een voortgangsgesprek over de opleiding\n"
    assert not contradictions([*passages("a", text.format("aios", "vier")), *passages("b", text.format("COC", "zes"))])
    assert contradictions([*passages("a", text.format("aios", "vier")), *passages("b", text.format("aios", "zes"))])
    assert not contradictions(passages("a", text.format("aios", "vier") + text.format("aios", "zes")))


def test_our_own_documents_do_not_contradict_each_other() -> None:
    documents, _ = read_corpus(ROOT / "corpus")
    assert contradictions(p for document in documents for p in split_document(document, VOCABULARY)) == []


def test_a_preview_names_what_the_new_document_contradicts_but_not_its_own_earlier_edition(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    for name, count in (("regeling", "vier"), ("handreiking", "zes")):
        file = tmp_path / f"{name}.txt"
        file.write_text(
            f"{name.title()} gesprekken\n====\n\nDe aios heeft {count} keer per jaar een voortgangsgesprek met de "
            f"opleider.",
            encoding="utf-8",
        )
        preview = prepare(file, corpus)
        accept(preview, corpus)
    assert any("getal (4)" in warning and "regeling-gesprekken" in warning for warning in preview.warnings)
    file.write_text(
        "Handreiking gesprekken\n====\n\nDe aios heeft vier keer per jaar een voortgangsgesprek met de opleider.",
        encoding="utf-8",
    )
    again = prepare(file, corpus)
    assert again.edition and not any("verschilt in" in warning for warning in again.warnings)
