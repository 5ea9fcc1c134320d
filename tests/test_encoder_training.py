"""The arithmetic of making the encoder and the judge: which negatives a passage gets, and what rounding costs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
import yaml
from transformers import BertModel

from assistant.embed import BUNDLED
from evals.cases import FOLDER
from evals.encoder import HELD_OUT
from evals.encoder.judge import Asked, Judge, Missed, prepare, twins_of
from evals.encoder.measure import written_task
from evals.encoder.train import (
    LONGEST,
    PASSAGES,
    Pair,
    Reader,
    bank_of,
    batch_of,
    shortened,
    tokenizer_of,
    written_files,
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    model = BertModel.from_pretrained(BUNDLED, dtype=torch.float32, add_pooling_layer=False)
    model.train(False)
    return Reader(model, tokenizer_of(BUNDLED, LONGEST, "longest_first"))


def test_rounding_leaves_five_bits_and_costs_little() -> None:
    halves = torch.tensor([0.0, 1.0, -0.37, 3.14159, 6e-5, -65000.0]).half()
    rounded = shortened(halves)
    assert (rounded.view(torch.int16) & 31).eq(0).all()
    torch.testing.assert_close(rounded.float(), halves.float(), rtol=2**-6, atol=0)


def test_a_question_without_answer_is_a_near_miss_of_the_nearest_passages(reader: Reader, tmp_path: Path) -> None:
    def entry(quote: str) -> dict[str, object]:
        return {"section": "Regels", "quote": quote, "questions": ["hoe zit dat?"], "english": ["how is that?"]}

    first = {
        "passages": [
            entry("De medewerker vraagt verlof schriftelijk aan bij zijn leidinggevende."),
            entry("De parkeerplaats is bestemd voor bezoekers."),
            entry("De leidinggevende beslist over het verlof binnen twee weken."),
            entry("De koffie in de kantine is gratis."),
        ],
        "unanswered": ["hoeveel dagen verlof heb ik?"],
    }
    second = {"passages": [entry("Het verlof van de directeur regelt de raad.")]}
    for name, file in (("een", first), ("twee", second)):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(file, allow_unicode=True), encoding="utf-8")
    pairs = bank_of(tmp_path, reader)
    assert [pair.right.partition(". ")[0] for pair in pairs] == ["Regels"] * 5
    assert [len(pair.near) for pair in pairs] == [1, 0, 1, 0, 0], "of its own document, and of no other"


def test_a_batch_has_each_passage_once() -> None:
    pairs = [Pair(str(number), ("x",)) for number in range(3 * PASSAGES + 1)]
    for _ in range(20):
        batch = batch_of(pairs)
        assert len(batch) == len({pair.right for pair in batch}) == PASSAGES


def test_scores_come_in_the_order_asked_and_go_on_from_what_was_learnt(reader: Reader) -> None:
    judge = Judge(reader, torch.nn.Linear(384, 1))
    weight = torch.linspace(-1, 1, 384)[None]
    learnt = prepare(judge, {"head.bias": torch.tensor([2.0]), "head.weight": weight})
    assert judge.head.bias.item() == 2.0
    assert not any(name.startswith(("embeddings.word", "embeddings.position")) for name in learnt)
    pairs = [("wie?", "kort"), ("wie beslist er?", "De raad beslist " * 12), ("hoe?", "een middellange tekst hierover")]
    with torch.no_grad():
        both = judge.scores(pairs)
        alone = torch.cat([judge.scores([pair]) for pair in pairs])
    # what half precision costs, against how far the scores lie apart
    torch.testing.assert_close(both, alone, rtol=0, atol=0.1)
    assert both.sort().values.diff().min() > 0.3


def test_held_out_passages_are_not_trained_on(tmp_path: Path) -> None:
    for name in ("pairs-b-01", f"{HELD_OUT}01", "pairs-a-01"):
        (tmp_path / f"{name}.jsonl").write_text("", encoding="utf-8")
    assert [path.stem for path in written_files([tmp_path, tmp_path])] == ["pairs-a-01", "pairs-b-01"]
    assert list((FOLDER / "encoder" / "data").glob(f"{HELD_OUT}*.jsonl"))


def test_twins_are_questions_that_one_passage_answers_and_another_does_not() -> None:
    price = Asked("wat kost het?", "De cursus kost € 85.", ("De cursus duurt een dag.",))
    term = Asked("hoe lang duurt het?", "De cursus duurt een dag.", ("De cursus kost € 85.",))
    missed = [
        Missed("wat kost het?", "De cursus duurt een dag."),
        Missed("wie geeft de cursus?", "De cursus kost € 85."),
    ]
    assert twins_of([price, term], missed) == [(price, missed[0])]


def test_held_out_questions_are_told_apart_by_language_and_by_whose_words_they_are_in(tmp_path: Path) -> None:
    row = {
        "passage": "De leidinggevende beslist over het verlof.",
        "questions": ["wie beslist over verlof?", "mag mijn baas mijn vakantie weigeren?"],
        "english": ["Who decides on my holidays?"],
        "near": ["hoeveel dagen verlof heb ik?"],
    }
    (tmp_path / f"{HELD_OUT}01.jsonl").write_text(json.dumps(row), encoding="utf-8")
    (tmp_path / "pairs-a-01.jsonl").write_text(json.dumps(row), encoding="utf-8")
    task = written_task(tmp_path)
    assert task.questions == [*row["questions"], *row["english"]]
    assert [group for _, group in task.groups] == ["Dutch, own words", "Dutch, other words", "English, other words"]
    assert task.texts == [row["passage"]] and task.right == [frozenset({0})] * 3
