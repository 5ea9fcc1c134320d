"""Question and passage read together: only where there is no bank, and what was not read never gains by it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant import judge
from assistant.assistant import Assistant
from assistant.embed import Encoder
from assistant.errors import EncoderError
from assistant.judge import Judge, judged
from assistant.onnx import TOGETHER, Vectors
from assistant.question import understand
from assistant.rerank import READ_TOGETHER, read_together
from assistant.types import Hit

LINES = "\n".join(f"- regel {number} over het rooster;" for number in range(READ_TOGETHER + 6))


@pytest.fixture(scope="module")
def unasked(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Assistant:
    """A corpus of one document without question bank."""
    from assistant.build import build_index

    folder = tmp_path_factory.mktemp("unasked")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "rooster.md").write_text(f"---\ntitle: Rooster\n---\n# Rooster\n\n{LINES}\n", encoding="utf-8")
    build_index(folder / "corpus", folder / "index", encoder)
    return Assistant.open(corpus=folder / "corpus", index=folder / "index")


def ranked(assistant: Assistant) -> list[Hit]:
    passages = [passage for passage in assistant.snapshot.passages if passage.kind == "item"]
    return [Hit(passage, 2.0 - 0.01 * place) for place, passage in enumerate(passages)]


def judging(likes: str, seen: list[str]) -> Judge:
    def judge(question: str, texts: Sequence[str]) -> Vectors:
        seen.extend(texts)
        return np.array([1.0 if likes in text else 0.0 for text in texts], dtype=np.float32)

    return judge


def test_what_answers_comes_first_and_what_was_not_read_stays_behind(unasked: Assistant) -> None:
    hits, seen = ranked(unasked), list[str]()
    question = understand("welke regel?", unasked.vocabulary)
    again = read_together(question, hits, unasked.snapshot, 0.5, judging("regel 5 ", seen))
    assert len(seen) == READ_TOGETHER
    assert all(text.startswith("Rooster. ") for text in seen)
    assert again[0].passage == hits[5].passage
    assert [hit.passage for hit in again[1:]] == [hit.passage for hit in hits if hit.passage != hits[5].passage]
    assert again[0].evidence["together"] > 0.99
    assert {round(hit.evidence["together"], 2) for hit in again[1:]} == {0.0}
    assert [hit.score for hit in again] == sorted((hit.score for hit in again), reverse=True)


def test_with_a_bank_for_every_hit_nothing_is_read(real_assistant: Assistant) -> None:
    hits = real_assistant.search("wie bemiddelt bij een conflict?", k=5)
    seen: list[str] = []
    question = understand("wie bemiddelt bij een conflict?", real_assistant.vocabulary)
    assert read_together(question, hits, real_assistant.snapshot, 0.5, judging("", seen)) == hits
    assert seen == []


def test_the_bundled_judge_tells_an_answer_from_another_text() -> None:
    asked = "hoe lang van tevoren moet ik mijn vrije dagen opgeven?"
    texts = [
        "Reglement › Verlof. De medewerker vraagt verlof ten minste vier weken van tevoren schriftelijk aan.",
        "Reglement › Parkeren. De parkeerplaatsen op het terrein zijn bestemd voor bezoekers.",
    ]
    both = judged(asked, texts)
    assert both[0] > 0.3
    assert both[0] > 100 * both[1]
    np.testing.assert_array_equal(judged(asked, texts[1:]), both[1:])
    assert judged("leeg?", []).shape == (0,)
    long = "woord " * 5 * TOGETHER
    for question, text in (("lang?", long), (long, "kort."), (long, long)):
        assert 0 <= judged(question, [text])[0] <= 1


def test_a_judge_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(judge, "BUNDLED", tmp_path)
    judge._load.cache_clear()
    with pytest.raises(EncoderError, match="Installeer het pakket opnieuw"):
        judged("wie?", ["de secretaris"])
    judge._load.cache_clear()


def test_a_corpus_without_bank_is_read_in_a_real_search(unasked: Assistant) -> None:
    hits = unasked.search("rooster regel 3", k=3)
    assert all(0 < hit.evidence["together"] < 1 for hit in hits)
    assert unasked.ask("Geldt dit rooster? " + "Ik vraag het me af. " * 60).status in {"answered", "not_found"}
