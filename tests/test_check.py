"""`check` says what is wrong in a corpus, and where."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from support import CORPUS, write_files

from assistant.check import check_corpus
from assistant.errors import CorpusError


def complaints(corpus: Path) -> list[str]:
    return [str(problem) for problem in check_corpus(corpus)[0]]


def test_a_good_corpus_has_no_complaints(tiny_corpus: Path) -> None:
    problems, summary = check_corpus(tiny_corpus)
    assert problems == []
    assert [line.split(":")[0] for line in summary] == ["cursus.md", "nested/visitatie.md"]
    assert "5 passages" in summary[0]


def test_originals_are_held_to_their_checksum(tiny_corpus: Path) -> None:
    original = b"het origineel"
    digest = hashlib.sha256(original).hexdigest()
    write_files(
        tiny_corpus,
        {
            "originals/goed.pdf": original,
            "goed.md": f"---\noriginal: originals/goed.pdf\nsha256: {digest}\n---\ntekst\n",
            "fout.md": f"---\noriginal: originals/goed.pdf\nsha256: {'0' * 64}\n---\ntekst\n",
            "weg.md": "---\noriginal: originals/weg.pdf\n---\ntekst\n",
        },
    )
    assert complaints(tiny_corpus) == [
        "fout.md: het origineel originals/goed.pdf is gewijzigd: de sha256 klopt niet meer",
        "weg.md: het origineel originals/weg.pdf ontbreekt; zet het terug of haal 'original' weg",
    ]


def test_vocabulary_and_bank_are_read_along(tiny_corpus: Path) -> None:
    write_files(
        tiny_corpus,
        {
            "vocabulary.yaml": "actors: 3",
            "questions/a.yaml": "document: cursus\npassages:\n  - {quote: staat er niet, questions: ['Wat kost het?']}",
            "kapot.md": b"\x00\x01",
        },
    )
    found = complaints(tiny_corpus)
    assert any(line.startswith("vocabulary.yaml: ") and "moet een lijst zijn" in line for line in found)
    assert any(line.startswith("questions/a.yaml: citaat staat niet (meer) in cursus") for line in found)
    assert any(line.startswith("kapot.md: ") for line in found)


def test_passages_without_questions_and_shared_questions_are_named(tiny_corpus: Path) -> None:
    write_files(
        tiny_corpus,
        {
            "questions/a.yaml": """
document: cursus
passages:
  - {quote: een zaal met daglicht;, questions: ['Welke zaal met daglicht hoort bij de cursus?']}
  - {quote: koffie en thee., questions: ['Zaal van de cursus met daglicht?']}
"""
        },
    )
    found = complaints(tiny_corpus)
    assert any("geen vragen in de vragenbank voor: 'De cursus kost 200 euro" in line for line in found)
    assert sum("dezelfde vraag bij twee passages" in line for line in found) == 1


def test_a_missing_corpus_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError):
        check_corpus(tmp_path / "weg")


def test_the_real_corpus_has_nothing_fatal() -> None:
    problems, summary = check_corpus(CORPUS)
    assert [str(problem) for problem in problems if problem.fatal] == []
    assert len(summary) == 5
