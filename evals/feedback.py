"""Reviewed feedback → drafts of eval cases: python -m evals.feedback FILE [--corpus DIR] > drafts.jsonl

FILE is JSON Lines. A line has `question`, `verdict` (only "accepted" becomes a draft) and `note`: what the reviewer
says a right answer is; and as known `citations` (with `document` and `quote`, what a right answer rests on; none: the
documents do not hold it), `actor` and `history`. A draft is a case without facts: a person fills in what `todo` names,
and puts it in evals/dev.jsonl.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from assistant import Document, read_corpus
from assistant.question import understand
from assistant.settings import load_settings
from assistant.text import words
from assistant.vocabulary import Vocabulary
from evals.cases import FOLDER, CaseError, find_gold

ACCEPTED = "accepted"
KINDS = {kind: kind for kind in ("list", "date", "link", "definition", "procedure", "comparison")}
Row = dict[str, Any]


def drafts(lines: Iterable[str], documents: Mapping[str, Document], known: Iterable[str] = ()) -> Iterator[Row]:
    """Turn the accepted lines into case drafts, in order.

    Args:
        lines: of a file of reviewed feedback.
        documents: the corpus by id, in which the quotes must stand.
        known: questions that are cases already; these, and questions that come twice, give no draft.

    Raises:
        CaseError: naming the line that is malformed, or whose quote is not in the corpus.
    """
    seen = {tuple(words(question)) for question in known}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            verdict, question = str(row["verdict"]), str(row["question"])
            asked = tuple(words(question))
            if verdict == ACCEPTED and asked not in seen:
                seen.add(asked)
                yield _draft(question, row, documents)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CaseError(f"feedback, line {number}: {error!r}") from error
        except CaseError as error:
            raise CaseError(f"feedback, line {number}: {error}") from error


def _draft(question: str, row: Mapping[str, Any], documents: Mapping[str, Document]) -> Row:
    citations = [{"document": str(c["document"]), "quote": str(c["quote"])} for c in row.get("citations") or []]
    for citation in citations:
        find_gold(question, citation["document"], citation["quote"], documents)
    history = [str(earlier) for earlier in row.get("history") or []]
    read = understand(question, Vocabulary(), lambda word: word, None, history)
    kind = "follow-up" if history else KINDS.get(read.kind, "lookup")
    return {
        "id": "feedback-" + hashlib.sha256(" ".join(words(question)).encode()).hexdigest()[:8],
        "question": question,
        "language": read.language,
        "persona": str(row.get("persona") or "gebruiker"),
        "actor": row.get("actor"),
        "kind": kind if citations else "unanswerable",
        "history": history,
        "answerable": bool(citations),
        "gold": citations,
        "facts": [],
        "forbid": [],
        **({} if citations else {"unanswerable_kind": "near-miss"}),
        "note": str(row.get("note") or ""),
        "todo": ["persona", "kind", *(["facts"] if citations else ["unanswerable_kind"])],
    }


def main() -> None:
    """Print the drafts of one file."""
    parser = argparse.ArgumentParser(description="Reviewed feedback to drafts of eval cases.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--corpus", type=Path, default=load_settings().corpus)
    options = parser.parse_args()
    documents = {document.id: document for document in read_corpus(options.corpus)[0]}
    known = [
        json.loads(line)["question"]
        for name in ("dev", "test")
        for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    try:
        for draft in drafts(options.file.read_text(encoding="utf-8").splitlines(), documents, known):
            print(json.dumps(draft, ensure_ascii=False))
    except (CaseError, OSError, UnicodeDecodeError) as error:
        sys.exit(f"{options.file}: {error}")


if __name__ == "__main__":
    main()
