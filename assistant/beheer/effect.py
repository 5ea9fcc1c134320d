"""What publishing a candidate would do: documents, passages, answers, contradictions; as plain values to keep."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.beheer.tools import Tell
from assistant.build import BuildReport
from assistant.contradictions import contradictions
from assistant.difference import compare
from assistant.errors import AssistantError
from assistant.losses import losses, warnings_of
from assistant.pathway_file import load_pathways
from assistant.publication import save_gate
from assistant.read import read_corpus
from assistant.split import split_document
from assistant.vocabulary import load_vocabulary

Measure = Callable[[str | None, str, Tell], Mapping[str, Any]]
# So many changed passages and answers are kept to be shown; their counts are of all.
SHOWN = 300


def effect_of(
    index: Path,
    stage: Path,
    published: str,
    report: BuildReport,
    measure: Measure | None,
    tell: Callable[[str, int, int], None],
    removed: Collection[str] = (),
) -> dict[str, Any]:
    """Compare a candidate with what is published, and keep what the gate found.

    Args:
        index: folder of both.
        stage: the corpus that the candidate was built from.
        published: id of what is published.
        report: of the candidate's build.
        measure: compares the answers; None where the evals are not installed.
        tell: told (step, done, total).
        removed: ids of documents that the maintainer takes out on purpose.

    Raises:
        IndexMismatch: one of both is damaged.
    """
    found = compare(index, published, report.snapshot)
    come, gone = map(list, (found.passages_added, found.passages_removed))
    effect: dict[str, Any] = {
        "same": report.snapshot == published,
        "documents": {
            "added": found.documents_added,
            "changed": found.documents_changed,
            "removed": found.documents_removed,
            "moved": found.documents_moved,
        },
        "passages": {"kept": found.passages_kept, "added": len(come), "removed": len(gone)},
        "passages_added": [asdict(change) for change in come[:SHOWN]],
        "passages_removed": [asdict(change) for change in gone[:SHOWN]],
        "problems": [str(problem) for problem in report.problems],
        "losses": [],
        **_within(stage, {*found.documents_added, *found.documents_changed}),
    }
    effect["answers"] = None
    if measure is not None and not effect["same"]:
        try:
            answers = dict(measure(published, report.snapshot, lambda done, total: tell("answers", done, total)))
            counts = {name: sum(c["verdict"] == name for c in answers["changes"]) for name in _VERDICTS}
            effect["answers"] = {**answers, "changes": list(answers["changes"])[:SHOWN], "counts": counts}
        except AssistantError as error:
            # Without the evals the gate stays unmeasured; the page says so, with the reason.
            effect["not_measured"] = str(error)
    if not effect["same"]:
        answers = effect["answers"] or {}
        lost = losses(index, published, report.snapshot, removed) if published else ()
        effect["losses"] = warnings_of(lost, answers.get("vanished", ()))
        gate = {"compared_with": published, "measured": bool(answers), "losses": effect["losses"], **answers}
        save_gate(index, report.snapshot, gate)
    return effect


def blockers(effect: Mapping[str, Any]) -> list[str]:
    """Why publishing needs a deliberate yes: answers that became worse, and text or proof that would be lost."""
    return [*((effect.get("answers") or {}).get("failures") or []), *(effect.get("losses") or [])]


_VERDICTS = ("worse", "other", "better")


def _within(stage: Path, changed: set[str]) -> dict[str, Any]:
    """Contradictions of the changed documents with the others, and routes whose proof would go."""
    vocabulary = load_vocabulary(stage / "vocabulary.yaml")
    documents = read_corpus(stage)[0]
    new = [p for document in documents if document.file in changed for p in split_document(document, vocabulary)]
    rest = [p for document in documents if document.file not in changed for p in split_document(document, vocabulary)]
    titles = {document.id: document.title for document in documents}
    clashes = [
        {
            "why": clash.why,
            "one": {"title": titles[clash.one.document], "quote": clash.one.quote},
            "other": {"title": titles[clash.other.document], "quote": clash.other.quote},
        }
        for clash in contradictions(new, rest)[:SHOWN]
    ]
    broken = load_pathways(stage / "pathways", documents).problems
    return {"contradictions": clashes, "pathways": [str(problem) for problem in broken]}
