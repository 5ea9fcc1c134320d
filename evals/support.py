"""Measure the sentence checker: pairs of a sentence and the span it cites → precision and recall of 'supported'.

python -m evals.support [dev|test] [--show]
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.embed import load_encoder
from assistant.generate import similarity_of
from assistant.read import read_corpus
from assistant.settings import Settings
from assistant.split import split_document
from assistant.supported import Checker, Verdict
from assistant.text import language_of
from assistant.types import Citation
from assistant.vocabulary import load_vocabulary

FOLDER = Path(__file__).resolve().parent
KINDS = ("supported", "number", "actor", "negation", "half", "unsupported")


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence and the span it cites; `supported` is what a reader says."""

    id: str
    kind: str
    supported: bool
    sentence: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Report:
    """How often the checker was right. Precision: of what it let through, how much is supported. Recall: of what is
    supported, how much it let through."""

    pairs: int
    precision: float
    recall: float
    accuracy: float
    right: dict[str, str]
    wrong: tuple[tuple[Pair, Verdict], ...]


def load_pairs(name: str) -> list[Pair]:
    """The pairs of `support-<name>.jsonl`, each with the passage of the corpus that holds its quote.

    Raises:
        ValueError: a quote that no passage holds any more; names the pair.
    """
    corpus = Settings().corpus
    documents = {d.id: d for d in read_corpus(corpus)[0]}
    vocabulary = load_vocabulary(corpus / "vocabulary.yaml")
    passages = {id: split_document(document, vocabulary) for id, document in documents.items()}
    pairs: list[Pair] = []
    for line in (FOLDER / f"support-{name}.jsonl").read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        found = next((p for p in passages[raw["document"]] if raw["quote"] in p.quote), None)
        if found is None:
            raise ValueError(f"{raw['id']}: {raw['document']} no longer holds {raw['quote']!r}")
        document = documents[raw["document"]]
        citation = Citation(
            1,
            document.id,
            document.title,
            found.section,
            found.quote,
            found.quote_start,
            found.quote_end,
            document.sha256,
            document.file,
        )
        pairs.append(Pair(raw["id"], raw["kind"], raw["supported"], raw["sentence"], citation))
    return pairs


def measure(pairs: Sequence[Pair], checker: Checker) -> Report:
    """Check every pair."""
    verdicts = [checker.check(p.sentence, [p.citation], language_of(p.sentence)) for p in pairs]
    let = [p for p, v in zip(pairs, verdicts, strict=True) if v.supported]
    right = Counter(p.kind for p, v in zip(pairs, verdicts, strict=True) if v.supported == p.supported)
    total = Counter(p.kind for p in pairs)
    true = sum(p.supported for p in let)
    return Report(
        pairs=len(pairs),
        precision=true / len(let) if let else 0.0,
        recall=true / max(1, sum(p.supported for p in pairs)),
        accuracy=sum(right.values()) / max(1, len(pairs)),
        right={kind: f"{right[kind]}/{total[kind]}" for kind in KINDS},
        wrong=tuple((p, v) for p, v in zip(pairs, verdicts, strict=True) if v.supported != p.supported),
    )


def make_checker() -> Checker:
    """The checker as answers use it: the corpus' vocabulary and the bundled encoder."""
    return Checker(load_vocabulary(Settings().corpus / "vocabulary.yaml"), similarity_of(load_encoder()))


def main(arguments: Sequence[str]) -> int:
    """Print the report of one set."""
    name = next((a for a in arguments if not a.startswith("-")), "dev")
    report = measure(load_pairs(name), make_checker())
    print(
        f"{name}: {report.pairs} pairs, precision {report.precision:.3f}, recall {report.recall:.3f}, "
        f"accuracy {report.accuracy:.3f}"
    )
    print("  right by kind: " + ", ".join(f"{kind} {count}" for kind, count in report.right.items()))
    if "--show" in arguments:
        for pair, verdict in report.wrong:
            print(
                f"  {pair.id} {pair.kind}: {pair.sentence}\n"
                f"    {verdict.reasons} {verdict.covered:.2f} | {pair.citation.quote[:160]}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
