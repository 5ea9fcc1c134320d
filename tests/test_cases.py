"""The eval cases: well-formed, quoting the corpus as it is, covering it, and not given away by the question bank."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from support import CORPUS

from assistant.assistant import Assistant
from assistant.read import read_corpus
from assistant.text import STOP, words
from assistant.types import Document
from evals.cases import FOLDER, Case, CaseError, load_cases
from evals.measures import level, overlaps
from evals.sets import FIELD

SETS = ("dev", "test")
UNSEEN = FOLDER / "unseen"
KINDS = {
    "lookup", "list", "paraphrase", "definition", "procedure", "comparison", "several",
    "link", "date", "typo", "short", "follow-up", "unanswerable",
}  # fmt: skip
LINE = {
    "id": "x-1", "question": "Wat?", "language": "nl", "persona": "aios", "actor": None, "kind": "lookup",
    "history": [], "answerable": True,
    "gold": [{"document": "doc", "quote": "De aios leert."}], "facts": [["leert"]], "forbid": [],
}  # fmt: skip


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    return {document.id: document for document in read_corpus(CORPUS)[0]}


@pytest.fixture(scope="module")
def sets(documents: dict[str, Document]) -> dict[str, list[Case]]:
    return {name: load_cases(FOLDER / f"{name}.jsonl", documents) for name in SETS}


def content_words(text: str) -> set[str]:
    """Words of four letters or more that carry meaning."""
    return {word for word in re.findall(r"[^\W\d_]{4,}", level(text)) if word not in STOP}


def test_the_sets_are_large_and_mixed_enough(sets: dict[str, list[Case]]) -> None:
    assert len(sets["dev"]) >= 240
    assert len(sets["test"]) >= 120
    ids = [case.id for cases in sets.values() for case in cases]
    assert len(set(ids)) == len(ids)
    for cases in sets.values():
        assert {case.kind for case in cases} == KINDS
        assert sum(not case.answerable for case in cases) >= 0.25 * len(cases)
        assert sum(case.language == "en" for case in cases) >= 0.10 * len(cases)
        unanswerable = {case.unanswerable_kind for case in cases if not case.answerable}
        assert unanswerable == {"near-miss", "off-topic", "injection"}


def test_a_case_says_what_a_right_answer_is(sets: dict[str, list[Case]]) -> None:
    for case in (case for cases in sets.values() for case in cases):
        assert case.answerable == (case.kind != "unanswerable"), case.id
        assert bool(case.gold) == case.answerable, case.id
        assert bool(case.facts) == case.answerable, case.id
        assert bool(case.history) == (case.kind == "follow-up") or case.history, case.id


def test_the_facts_stand_in_the_gold(sets: dict[str, list[Case]], documents: dict[str, Document]) -> None:
    """A right answer quotes: each fact must be in the quotes or in the passage around them."""
    for case in (case for cases in sets.values() for case in cases):
        near = level(" ".join(documents[d].text[max(0, s - 300) : e + 300] for g in case.gold for d, s, e in g.spans))
        for group in case.facts:
            assert any(level(fact) in near for fact in group), (case.id, group if case.id.startswith("dev") else "")


def test_no_question_stands_in_both_sets(sets: dict[str, list[Case]]) -> None:
    dev = {tuple(words(case.question)): case.id for case in sets["dev"] if not case.history}
    both = {(dev[asked], c.id) for c in sets["test"] if not c.history and (asked := tuple(words(c.question))) in dev}
    assert both == set()


def test_a_paraphrase_shares_no_content_word_with_its_gold(sets: dict[str, list[Case]]) -> None:
    paraphrases = [case for cases in sets.values() for case in cases if case.kind == "paraphrase"]
    assert len(paraphrases) >= 100
    shared = [c.id for c in paraphrases if content_words(c.question) & content_words(" ".join(g.quote for g in c.gold))]
    assert shared == []


def test_no_bank_question_is_an_eval_question(sets: dict[str, list[Case]]) -> None:
    asked = {tuple(words(case.question)): case.id for cases in sets.values() for case in cases}
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in (CORPUS / "questions").glob("*.yaml")]
    listed = [file.get("unanswered") or [] for file in files]
    listed += [
        entry.get(key) or []
        for file in files
        for entry in file.get("passages") or []
        for key in ("questions", "english")
    ]
    bank = [tuple(words(question)) for questions in listed for question in questions]
    assert len(bank) > 1000
    assert sorted(asked[question] for question in bank if question in asked) == []


def test_dev_asks_about_everything(sets: dict[str, list[Case]], real_index: Path) -> None:
    passages = Assistant.open(index=real_index).snapshot.passages
    spans = [span for case in sets["dev"] for gold in case.gold for span in gold.spans]
    asked = [p for p in passages if any(overlaps((p.document, p.quote_start, p.quote_end), span) for span in spans)]
    assert {p.document for p in asked} == {p.document for p in passages}
    cells = {(actor, p.domain) for p in passages for actor in p.actors}
    assert len(cells) >= 24
    assert cells == {(actor, p.domain) for p in asked for actor in p.actors}
    for document in ("brochure-startende-opleiders", "landelijk-plan-docentprofessionalisering"):
        sections = {p.section for p in passages if p.document == document}
        assert sections == {p.section for p in asked if p.document == document}


@pytest.mark.parametrize(
    ("texts", "asked"), [(UNSEEN / "texts", UNSEEN / "texts.jsonl"), (FIELD, FOLDER / "field.jsonl")]
)
def test_the_texts_without_a_bank_hold_their_gold(texts: Path, asked: Path) -> None:
    documents = {document.id: document for document in read_corpus(texts)[0]}
    cases = load_cases(asked, documents)
    assert len(cases) >= 50
    assert {gold.document for case in cases for gold in case.gold} == set(documents)


def test_a_quote_that_is_gone_names_its_case(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(LINE) + "\n\n", encoding="utf-8")
    document = Document("doc", "doc.md", "Titel", "De aios leert. Nog eens: de aios leert.", "sha")
    (case,) = load_cases(path, {"doc": document})
    assert case.gold[0].spans == (("doc", 0, 14), ("doc", 25, 39))
    changed = Document("doc", "doc.md", "Titel", "De aios werkt.", "sha")
    with pytest.raises(CaseError, match=r"case x-1: the quote 'De aios leert.' is not in doc"):
        load_cases(path, {"doc": changed})


@pytest.mark.parametrize("line", ["{", json.dumps({**LINE, "gold": None}), json.dumps({"id": "x-1"})])
def test_a_malformed_case_names_its_line(line: str, tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(CaseError, match=r"cases\.jsonl, line 2"):
        load_cases(path, {})
