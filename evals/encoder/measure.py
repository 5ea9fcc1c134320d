"""Encoders against each other and against exact words, on retrieval alone.

    python -m evals.encoder.measure FOLDER [FOLDER …] [--headings FILE] [--laws DIR] [--json FILE]

For every encoder folder, and for BM25: how often the first k passages hold a gold quote, on the dev questions over the
documents of this repo (without and with their question bank: a passage then counts as near as the nearest of its text
and its questions), on the questions about texts that nobody tuned for and about Dutch laws (those asked about among
some others), on the written passages that are held out of the training, and for heading → paragraph pairs from Dutch
pages that are in no training data. No structure, no vocabulary, no fusion: what is compared is the encoder.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.bank import load_bank
from assistant.embed import load_encoder
from assistant.findable import search_text, searchable
from assistant.lexical import LexicalIndex, Slot
from assistant.read import read_corpus
from assistant.split import split_document
from assistant.text import content_words, stem
from assistant.types import Passage
from assistant.vocabulary import load_vocabulary
from evals.cases import FOLDER, Case, load_cases
from evals.encoder import HEADINGS_OF, HELD_OUT
from evals.measures import overlaps

FOUND_AT = (1, 5, 10)
PAIRS, SEED = 400, 1
# A question is in the words of its passage when the passage has this share of its content words.
OWN_WORDS = 0.5
OTHER_LAWS = 100
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Task:
    """Questions, the texts that compete (each with the row of the passage it stands for), and which rows are right."""

    name: str
    questions: Sequence[str]
    groups: Sequence[tuple[str, ...]]
    texts: Sequence[str]
    rows: Sequence[int]
    right: Sequence[frozenset[int]]


Ranker = Callable[[Task], Scores]


def main() -> None:
    """Measure as the arguments say and print a table a task."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("encoders", nargs="*", type=Path, help="folders of encoders")
    parser.add_argument("--headings", type=Path, help="headings.tsv.xz: heading, paragraph, source")
    parser.add_argument("--laws", type=Path, help="folder with the laws that evals/unseen/wetten.jsonl asks about")
    parser.add_argument("--corpus", type=Path, default=FOLDER.parent / "corpus")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    tasks = list(read_tasks(options.corpus, options.headings, options.laws))
    rankers: dict[str, Ranker] = {"BM25": by_words}
    rankers |= {folder.name: by_vectors(folder) for folder in options.encoders}
    figures: dict[str, dict[str, dict[str, list[float]]]] = {}
    for task in tasks:
        figures[task.name] = {name: recall(task, ranker(task)) for name, ranker in rankers.items()}
        show(task, figures[task.name])
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False), encoding="utf-8")


def read_tasks(corpus: Path, headings: Path | None, laws: Path | None) -> Iterator[Task]:
    """The tasks, in the order of the report."""
    yield from _corpus_tasks("dev", corpus, FOLDER / "dev.jsonl")
    yield from _corpus_tasks("field", FOLDER / "field", FOLDER / "field.jsonl")
    yield from _corpus_tasks("unseen texts", FOLDER / "unseen" / "texts", FOLDER / "unseen" / "texts.jsonl")
    yield written_task(FOLDER / "encoder" / "data")
    if laws:
        with tempfile.TemporaryDirectory() as folder:
            yield from _corpus_tasks("laws", _some_laws(laws, Path(folder)), FOLDER / "unseen" / "wetten.jsonl")
    if headings:
        yield heading_task(headings)


def _some_laws(laws: Path, folder: Path) -> Path:
    """A folder with the laws that the cases ask about, and some that they do not."""
    rows = (FOLDER / "unseen" / "wetten.jsonl").read_text(encoding="utf-8").splitlines()
    asked = {gold["document"] for row in rows for gold in json.loads(row)["gold"]}
    others = sorted(path.stem for path in laws.glob("*.md") if path.stem not in asked)
    for name in (*asked, *random.Random(SEED).sample(others, min(OTHER_LAWS, len(others)))):
        shutil.copy(laws / f"{name}.md", folder)
    return folder


def _corpus_tasks(name: str, corpus: Path, cases_file: Path) -> Iterator[Task]:
    """The answerable questions over the passages of a corpus, and again with its question bank where it has one."""
    documents, _ = read_corpus(corpus)
    vocabulary = load_vocabulary(corpus / "vocabulary.yaml")
    every = [passage for document in documents for passage in split_document(document, vocabulary)]
    titles = {document.id: document.title for document in documents}
    passages = [passage for passage in every if searchable(passage)]
    cases = [c for c in load_cases(cases_file, {d.id: d for d in documents}) if c.answerable and not c.history]
    right = [holders(case, passages) for case in cases]
    questions = [case.question for case in cases]
    groups = [("alle", case.kind if case.language == "nl" else "Engels", case.gold[0].document) for case in cases]
    texts = [search_text(passage, titles[passage.document]) for passage in passages]
    rows = list(range(len(passages)))
    yield Task(name, questions, groups, texts, rows, right)
    bank = load_bank(corpus / "questions", every)
    written = [(row, question) for row, passage in enumerate(passages) for question in bank.of(passage)]
    if written:
        more, extra = zip(*written, strict=True)
        yield Task(f"{name}, with bank", questions, groups, [*texts, *extra], [*rows, *more], right)


def holders(case: Case, passages: Sequence[Passage]) -> frozenset[int]:
    """The rows of the passages that share text with a gold quote."""
    return frozenset(
        row
        for row, passage in enumerate(passages)
        for gold in case.gold
        for span in gold.spans
        if overlaps((passage.document, passage.start, passage.end), span)
    )


def written_task(folder: Path) -> Task:
    """Questions for the written passages that nothing is trained on, by language and by whose words they are in."""
    files = sorted(folder.glob(f"{HELD_OUT}*.jsonl"))
    passages = [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    asked = [
        (row, question, language)
        for row, passage in enumerate(passages)
        for language, key in (("Dutch", "questions"), ("English", "english"))
        for question in passage[key]
    ]
    texts = [passage["passage"] for passage in passages]
    groups = [("alle", f"{language}, {_whose_words(question, texts[row])}") for row, question, language in asked]
    right = [frozenset({row}) for row, *_ in asked]
    return Task("written passages", [text for _, text, _ in asked], groups, texts, list(range(len(texts))), right)


def _whose_words(question: str, passage: str) -> str:
    own, has = [stem(word) for word in content_words(question)], {stem(word) for word in content_words(passage)}
    return "own words" if sum(word in has for word in own) >= OWN_WORDS * len(own) else "other words"


def heading_task(path: Path) -> Task:
    """Headings of held-out Dutch pages, each to find its paragraph; a heading that stands twice has two right ones."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        table = [line.rstrip("\n").split("\t") for line in file]
    pairs = sorted({(row[0], row[1]) for row in table if row[2] == HEADINGS_OF})
    chosen = random.Random(SEED).sample(pairs, min(PAIRS, len(pairs)))
    right = [frozenset(row for row, other in enumerate(chosen) if other[0] == heading) for heading, _ in chosen]
    headings, paragraphs = zip(*chosen, strict=True)
    return Task("headings", headings, [("alle",)] * len(chosen), paragraphs, list(range(len(chosen))), right)


def by_vectors(folder: Path) -> Ranker:
    """Rank by cosine: the best of the texts that stand for a passage."""
    encoder = load_encoder(str(folder))
    known: dict[str, Scores] = {}

    def vectors(texts: Sequence[str]) -> Scores:
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(fresh, encoder.passages(fresh), strict=True))
        return np.stack([known[text] for text in texts])

    def score(task: Task) -> Scores:
        asked = np.stack([encoder.query(question) for question in task.questions])
        return _best(task, asked @ vectors(task.texts).T)

    return score


def by_words(task: Task) -> Scores:
    """Rank by BM25 over Dutch stems; the bank's questions are words of their passage."""
    joined = [""] * (max(task.rows) + 1)
    for text, row in zip(task.texts, task.rows, strict=True):
        joined[row] += f" {text}"
    index = LexicalIndex.build(joined)
    return np.stack([index.score(_slots(question)).scores for question in task.questions])


def _slots(question: str) -> list[Slot]:
    return [Slot(word, (((stem(word),), 1.0),)) for word in dict.fromkeys(content_words(question))]


def _best(task: Task, scores: Scores) -> Scores:
    """Scores by text → scores by passage."""
    best = np.full((len(task.questions), max(task.rows) + 1), -1.0, dtype=np.float32)
    for column, row in enumerate(task.rows):
        np.maximum(best[:, row], scores[:, column], out=best[:, row])
    return best


def recall(task: Task, scores: Scores) -> dict[str, list[float]]:
    """By group: the number of questions, and the share with a right passage among the first k."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, : max(FOUND_AT)]
    first = [
        next((n for n, row in enumerate(rows) if row in right), len(rows))
        for rows, right in zip(order.tolist(), task.right, strict=True)
    ]
    found: dict[str, list[float]] = {}
    for group in sorted({group for groups in task.groups for group in groups}):
        ranks = [rank for rank, groups in zip(first, task.groups, strict=True) if group in groups]
        found[group] = [float(len(ranks)), *(sum(rank < k for rank in ranks) / len(ranks) for k in FOUND_AT)]
    return found


def show(task: Task, figures: Mapping[str, Mapping[str, Sequence[float]]]) -> None:
    """Print one task: a row an encoder, recall at 1, 5 and 10 for each group of questions."""
    print(f"\n{task.name}: {len(task.questions)} questions, {max(task.rows) + 1} passages; recall @1/@5/@10")
    for group in next(iter(figures.values())):
        for name, by_group in figures.items():
            count, *values = by_group[group]
            print(
                f"  {group:14} n={count:<4.0f} {name:24} " + " / ".join(f"{value:.3f}" for value in values), flush=True
            )


if __name__ == "__main__":
    main()
