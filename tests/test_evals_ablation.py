"""The ablation leaves out what it says and nothing else; rivals are measured over the same cases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from support import write_files

from assistant.assistant import Assistant
from assistant.build import build_index
from assistant.embed import Encoder
from assistant.retrieve import DEFAULT
from assistant.settings import Settings
from evals.ablation import ALL, KIND, LEXICAL, STAGES, VECTORS, Stage, ablation_systems, copy_corpus
from evals.cases import Case, find_gold
from evals.rivals import measure_rivals
from evals.score import Outcome, System, run_cases
from evals.sets import product

CORPUS = {
    "cursus.md": "---\ntitle: Cursus\n---\n\n# Cursus\n\nDe aios volgt elk jaar een cursus over feedback.\n\n"
    "## Kosten\n\nDe cursus kost 200 euro; de opleider betaalt.\n",
    "vocabulary.yaml": "actors:\n  - id: aios\n    label: aios\n    same: [aios]\n",
    "questions/cursus.yaml": "document: cursus\npassages:\n"
    "  - quote: De cursus kost 200 euro; de opleider betaalt.\n    questions: [wie draait op voor het lesgeld?]\n",
}
QUOTE = "De cursus kost 200 euro; de opleider betaalt."


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Assistant:
    folder = tmp_path_factory.mktemp("ablation")
    corpus = write_files(folder / "corpus", CORPUS)
    build_index(corpus, folder / "index", encoder)
    return Assistant.open(Settings(corpus=corpus, index=folder / "index"))


@pytest.fixture(scope="module")
def cases(assistant: Assistant) -> list[Case]:
    gold = find_gold("a", "cursus", QUOTE, assistant.snapshot.documents)
    return [
        Case("a", "wat kost de cursus?", "nl", "aios", "aios", "lookup", (), True, (gold,), (("200 euro",),), ()),
        Case("b", "hoe laat vertrekt de trein?", "nl", "aios", None, "unanswerable", (), False, (), (), ()),
    ]


def test_the_weights_that_stages_name_are_the_products_own() -> None:
    assert LEXICAL | VECTORS | KIND < ALL == set(DEFAULT)
    names = [stage.name for stage in STAGES]
    assert len(set(names)) == len(names)


def test_a_copy_keeps_only_what_the_stage_has(tmp_path: Path) -> None:
    corpus = write_files(tmp_path / "corpus", CORPUS)
    copy_corpus(corpus, tmp_path / "bare", Stage("", headings=False, vocabulary=False, bank=False))
    text = (tmp_path / "bare" / "cursus.md").read_text(encoding="utf-8")
    assert "#" not in text and "title: Cursus" in text
    assert "\nKosten\n\n" in text and QUOTE in text
    assert [path.name for path in (tmp_path / "bare").iterdir()] == ["cursus.md"]
    copy_corpus(corpus, tmp_path / "whole", Stage(""))
    for name, content in CORPUS.items():
        assert (tmp_path / "whole" / name).read_text(encoding="utf-8") == content


def test_every_stage_answers_and_the_whole_is_the_product(assistant: Assistant, cases: list[Case]) -> None:
    with ablation_systems(assistant, cases) as systems:
        measured = {system.name: run_cases(system, located) for system, located in systems}
    assert list(measured) == [stage.name for stage in STAGES]
    whole = measured["+ weigeren (= product)"]
    own = run_cases(product("dev", assistant), cases)
    assert [(o.text, o.confidence) for o in whole] == [(o.text, o.confidence) for o in own]
    assert {o.id: o.gold for o in whole} == {o.id: o.gold for o in own}
    for name, outcomes in measured.items():
        assert outcomes[0].values["recall@10"] == 1.0, name
        assert outcomes[0].values["quotes_exact"] == 1.0, name
    assert measured["beide"][1].status == "answered"  # before the refusal model nothing is refused


def test_a_rival_is_set_beside_the_product(assistant: Assistant, cases: list[Case]) -> None:
    own = run_cases(product("dev", assistant), cases)
    told: list[tuple[str, int]] = []

    def start(name: str, total: int) -> object:
        told.append((name, total))
        return lambda step: None

    refusing = System("zwijger", lambda case: assistant.ask("hoe laat vertrekt de trein?"), lambda case: [], {})
    (rival,) = measure_rivals([(_without_documents(refusing, assistant), cases)], own, start)  # type: ignore[arg-type]
    assert told == [("zwijger", 2)]
    assert rival.figures["recall@5"] == (0.0, 0.0, 0.0)
    assert rival.lead["recall@5"] == (1.0, 1.0, 1.0)
    assert rival.figures["false_refusal"][0] == 1.0
    assert _mean(own, "correct") - rival.figures["correct"][0] == pytest.approx(rival.lead["correct"][0])


def _without_documents(system: System, assistant: Assistant) -> System:
    return System(system.name, system.ask, system.search, assistant.snapshot.documents)


def _mean(outcomes: Sequence[Outcome], name: str) -> float:
    return sum(outcome.values[name] for outcome in outcomes) / len(outcomes)
