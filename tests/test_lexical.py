"""Exact-word ranking: inflections, compounds, synonyms and typing errors, saved and read back the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.lexical import COMPOUND, SYNONYM, LexicalIndex, Slot
from assistant.text import stem

TEXTS = [
    "De opleider begeleidt de aios bij het opleidingsgeld.",
    "De centrale opleidingscommissie bewaakt de kwaliteit.",
    "Het budget van de opleiding is bekend.",
    "",
    "De aios en de opleiders bespreken de kwaliteit, de kwaliteit en nog eens de kwaliteit.",
]


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return LexicalIndex.build(TEXTS, extra_words=["mentoraat"])


def best(index: LexicalIndex, *said: str) -> list[int]:
    scores = index.score([Slot(word, tuple(index.alternatives(word))) for word in said]).scores
    return [int(n) for n in np.argsort(-scores, kind="stable") if scores[n] > 0]


def test_inflections_are_found(index: LexicalIndex) -> None:
    assert set(best(index, "opleiders")) == {0, 4}


def test_part_of_a_compound_is_found_but_counts_less(index: LexicalIndex) -> None:
    assert best(index, "geld") == [0]
    assert COMPOUND in {weight for _, weight in index.alternatives("geld")}
    held = index.score([Slot("geld", tuple(index.alternatives("geld")))]).held
    assert held[0, 0] == pytest.approx(COMPOUND)


def test_an_unknown_compound_is_taken_apart(index: LexicalIndex) -> None:
    assert best(index, "opleidingsbudget")[0] == 2


def test_synonyms_count_less_than_the_word(index: LexicalIndex) -> None:
    word = index.score([Slot("kwaliteit", (((stem("kwaliteit"),), 1.0),))]).scores
    synonym = index.score([Slot("niveau", ((("niveau",), 1.0), ((stem("kwaliteit"),), SYNONYM)))]).scores
    assert 0 < synonym[1] < word[1]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("opleidr", "opleider"),
        ("kwaltieit", "kwaliteit"),
        ("aiso", "aios"),
        ("mentoraaat", "mentoraat"),
        ("opleider", "opleider"),
        ("opleidingsbudget", "opleidingsbudget"),
        ("zebra", "zebra"),
        ("c0c", "c0c"),
        ("wat", "wat"),
    ],
)
def test_typing_errors_are_mended_towards_known_words(index: LexicalIndex, typed: str, meant: str) -> None:
    assert index.correct(typed) == meant


def test_of_equally_near_words_the_most_used_one_is_meant_in_every_process() -> None:
    """A set of strings has another order in every process: an answer must not hang on it."""
    near = ["bomen", "bobben", "bozen", "boten"]
    index = LexicalIndex.build([*near, "boten varen", "bozen"])
    assert index.correct("boxen") == "boten"
    assert LexicalIndex.build(near).correct("boxen") == "bomen"


def test_coverage_and_importance_are_shares(index: LexicalIndex) -> None:
    scores = index.score([Slot(word, tuple(index.alternatives(word))) for word in ("kwaliteit", "zebra")])
    assert sum(scores.importance) == pytest.approx(1)
    assert scores.importance[1] > 0  # a word that no passage has still counts as asked
    assert float(scores.coverage.max()) < 1
    assert scores.coverage[2] == 0
    assert (scores.scores <= scores.upper_bound + 1e-6).all()


def test_what_is_read_back_scores_the_same(index: LexicalIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "lexical")
    loaded = LexicalIndex.load(tmp_path / "lexical")
    assert loaded.words == index.words
    slots = [Slot(word, tuple(index.alternatives(word))) for word in ("geld", "kwaliteit", "opleider")]
    np.testing.assert_array_equal(loaded.score(slots).scores, index.score(slots).scores)
    assert loaded.correct("opleidr") == "opleider"


@pytest.mark.parametrize("texts", [[], [""], ["de het een"], ["!?"]])
def test_an_index_without_words_finds_nothing(texts: list[str], tmp_path: Path) -> None:
    LexicalIndex.build(texts).save(tmp_path / "lexical")
    scores = LexicalIndex.load(tmp_path / "lexical").score([Slot("geld", ((("geld",), 1.0),))])
    assert not scores.scores.any()
    assert scores.upper_bound > 0


def test_the_same_question_gives_the_same_scores(index: LexicalIndex) -> None:
    slots = [Slot(word, tuple(index.alternatives(word))) for word in ("aios", "kwaliteit")]
    np.testing.assert_array_equal(index.score(slots).scores, index.score(slots).scores)
