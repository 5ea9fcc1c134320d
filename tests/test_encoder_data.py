"""What the bundled encoder is trained on: well-formed, and nothing of the documents or questions it is measured on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rapidfuzz import fuzz, process

from assistant.text import words

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "evals" / "encoder" / "data"
FILES = sorted(DATA.glob("pairs-*.jsonl"))
# Passages that answer what the one beside them does not: asked no more than that.
BESIDE = "-beside"
RUN = 8
TOO_LIKE = 92


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def lines(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def written() -> Iterator[str]:
    """Every question and passage that was written for training."""
    for path in FILES:
        for row in rows(path):
            yield from (row["passage"], *row["questions"], *row["english"], *row["near"])
    yield from chain.from_iterable(lines("sentences.tsv"))


def asked(path: Path) -> Iterator[str]:
    """Every question of an eval set, those of earlier turns too."""
    for row in rows(path):
        yield row["question"]
        yield from row["history"]


def runs(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[start : start + RUN]) for start in range(len(found) - RUN + 1)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_line_has_a_passage_with_its_questions(path: Path) -> None:
    for row in rows(path):
        assert set(row) == {"passage", "questions", "english", "near"}
        assert row["passage"].strip()
        asked = len(row["questions"]), len(row["english"])
        assert min(asked[0] / 3, asked[1]) >= 1 or (path.stem.endswith(BESIDE) and sum(asked))
        assert not set(row["questions"]) & set(row["near"])


def test_word_groups_have_dutch_words_a_bar_and_english_ones() -> None:
    groups = lines("groups.tsv")
    assert len(groups) > 5000
    for row in groups:
        assert all(word.strip() for word in row)
        assert row.count("|") == 1 and row.index("|") >= 2 and row[-1] != "|"


def test_sentences_are_everyday_official_english_and_near() -> None:
    assert all(len(row) == 4 and len(set(row)) == 4 and all(map(str.strip, row)) for row in lines("sentences.tsv"))


def test_no_passage_stands_twice() -> None:
    passages = [row["passage"] for path in FILES for row in rows(path)]
    assert len(passages) > 1000
    assert len(passages) == len(set(passages))


def test_no_text_of_a_measured_document_is_trained_on() -> None:
    documents = [
        *(ROOT / "corpus").glob("*.md"),
        *(ROOT / "evals").glob("*/texts/*.md"),
        *(ROOT / "evals" / "field").glob("*.md"),
    ]
    held_out = set().union(*(runs(path.read_text(encoding="utf-8")) for path in documents))
    assert len(held_out) > 5000
    assert [text for text in written() if runs(text) & held_out] == []


def test_no_measured_question_is_trained_on() -> None:
    sets = [
        *(ROOT / "evals" / f"{name}.jsonl" for name in ("dev", "test", "field")),
        *(ROOT / "evals" / "unseen").glob("*.jsonl"),
    ]
    measured = sorted({" ".join(words(question)) for path in sets for question in asked(path)})
    assert len(measured) > 500
    trained = [" ".join(words(text)) for text in written()]
    likeness = process.cdist(trained, measured, scorer=fuzz.ratio, score_cutoff=TOO_LIKE, dtype=np.uint8)
    assert [trained[row] for row in np.flatnonzero(likeness.max(axis=1))] == []
