"""What each part of the product is worth: the same questions with parts left out, from plain search to the whole.

A part that lies in the corpus is left out of a copy of it (no headings, no vocabulary, no question bank), a part of the
ranking by its weights, widening by answering with the best hits, and the refusal model by a threshold of nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant import Answer, Assistant, Hit, read_corpus
from assistant.answer import Parts, answer_question, cite
from assistant.build import build_index
from assistant.question import understand
from assistant.retrieve import DEFAULT, Weights, retrieve
from assistant.types import Question, Statement
from evals.cases import Case, find_gold
from evals.score import SEARCHED, System

BEST = 3
LEXICAL = frozenset({"lexical", "coverage"})
VECTORS = frozenset({"own", "best_question", "near_questions", "all_questions"})
KIND = frozenset({"holds"})
ALL = frozenset(DEFAULT)


@dataclass(frozen=True, slots=True)
class Stage:
    """The product with some of its parts: what the corpus keeps, which weights count, and how it answers."""

    name: str
    weights: frozenset[str] = ALL
    headings: bool = True
    vocabulary: bool = True
    bank: bool = True
    widen: bool = True
    refuse: bool = True

    @property
    def corpus(self) -> tuple[bool, bool, bool]:
        """Which corpus it needs; stages that need the same one share its index."""
        return self.headings, self.vocabulary, self.bank


_BARE = Stage("", headings=False, vocabulary=False, bank=False, widen=False, refuse=False)
STAGES = (
    replace(_BARE, name="alleen woorden", weights=LEXICAL),
    replace(_BARE, name="alleen vectoren", weights=VECTORS),
    replace(_BARE, name="beide", weights=LEXICAL | VECTORS),
    replace(_BARE, name="+ soort antwoord", weights=LEXICAL | VECTORS | KIND),
    Stage("+ structuur (koppen)", vocabulary=False, bank=False, widen=False, refuse=False),
    Stage("+ woordenlijst", bank=False, widen=False, refuse=False),
    Stage("+ vragenbank", widen=False, refuse=False),
    Stage("+ hele lijst of sectie", refuse=False),
    Stage("+ weigeren (= product)"),
    Stage("product zonder woordenlijst", vocabulary=False),
    Stage("product zonder vragenbank", bank=False),
)


@contextmanager
def ablation_systems(assistant: Assistant, cases: Sequence[Case]) -> Iterator[Iterator[tuple[System, list[Case]]]]:
    """The stages as systems, each with its cases; the indexes that they need live as long as the context."""
    with TemporaryDirectory(prefix="assistant-ablation-") as folder:
        yield _systems(assistant, cases, Path(folder))


def copy_corpus(corpus: Path, folder: Path, stage: Stage) -> None:
    """Copy what a stage keeps of a corpus. Without headings their words stay, as paragraphs of their own."""
    for document in read_corpus(corpus)[0]:
        text = document.text
        if not stage.headings:
            body = re.sub(r"(?m)^ {0,3}#{1,6}[ \t]+(.*)$", r"\1\n", text[document.body_start :])
            text = text[: document.body_start] + body
        _write(folder / document.file, text.encode("utf-8"))
    if stage.vocabulary and (corpus / "vocabulary.yaml").is_file():
        _write(folder / "vocabulary.yaml", (corpus / "vocabulary.yaml").read_bytes())
    for path in (corpus / "questions").glob("*.yaml") if stage.bank else ():
        _write(folder / "questions" / path.name, path.read_bytes())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _systems(assistant: Assistant, cases: Sequence[Case], folder: Path) -> Iterator[tuple[System, list[Case]]]:
    opened: dict[tuple[bool, bool, bool], Assistant] = {(True, True, True): assistant}
    for number, stage in enumerate(STAGES):
        if stage.corpus not in opened:
            corpus, index = folder / f"corpus-{number}", folder / f"index-{number}"
            copy_corpus(assistant.settings.corpus, corpus, stage)
            build_index(corpus, index, assistant.encoder)
            opened[stage.corpus] = Assistant.open(
                replace(assistant.settings, corpus=corpus, index=index, chroma_url="")
            )
        variant = opened[stage.corpus]
        yield _system(stage, variant.parts), [_relocated(case, variant) for case in cases]


def _system(stage: Stage, parts: Parts) -> System:
    weights = {name: weight for name, weight in DEFAULT.items() if name in stage.weights}
    whole = parts
    if not stage.refuse:
        sure, bare = (replace(model, threshold=0.0) for model in (parts.confidence, parts.without_questions))
        whole = replace(parts, confidence=sure, without_questions=bare)

    def ask(case: Case) -> Answer:
        if stage.widen:
            return answer_question(case.question, whole, _role(case, parts), case.history)
        return _best_hits(_understood(case, parts), parts, weights)

    def search(case: Case) -> list[Hit]:
        question = _understood(case, parts)
        return retrieve(question, parts.snapshot, parts.encoder, parts.vocabulary, weights, SEARCHED)

    return System(stage.name, ask, search, parts.snapshot.documents)


def _best_hits(question: Question, parts: Parts, weights: Weights) -> Answer:
    """An answer without choosing: the best passages as they come."""
    hits = retrieve(question, parts.snapshot, parts.encoder, parts.vocabulary, weights, BEST)
    citations = tuple(cite(hit.passage, n, parts.snapshot) for n, hit in enumerate(hits, 1))
    return Answer(
        question=question.text,
        status="answered" if hits else "not_found",
        text="\n\n".join(f"{citation.quote} [{citation.n}]" for citation in citations),
        understood=question,
        statements=tuple(Statement(citation.quote, (citation.n,)) for citation in citations),
        citations=citations,
    )


def _understood(case: Case, parts: Parts) -> Question:
    return understand(case.question, parts.vocabulary, parts.snapshot.lexical.correct, _role(case, parts), case.history)


def _role(case: Case, parts: Parts) -> str | None:
    """The role chosen; without a vocabulary there are none to choose from."""
    return case.actor if case.actor in parts.vocabulary.actors else None


def _relocated(case: Case, assistant: Assistant) -> Case:
    """The case with its gold where the variant's documents have it."""
    documents = assistant.snapshot.documents
    return replace(case, gold=tuple(find_gold(case.id, gold.document, gold.quote, documents) for gold in case.gold))
