"""What other programs can ask for, as JSON values: the same for HTTP and MCP."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.assistant import Assistant
from assistant.errors import UsageError
from assistant.pathway_file import load_pathways
from assistant.pathways import Claim, Place, Route, Timeline, place
from assistant.present import answer_json, citation_json, hits_json

Json = dict[str, Any]
MOST_HITS = 50


def ask_json(
    assistant: Assistant,
    question: str,
    actor: str | None = None,
    history: Sequence[str] = (),
    mode: str | None = None,
    plain: bool = False,
) -> Json:
    """An answer; see `Assistant.ask` for the arguments and errors."""
    return answer_json(assistant.ask(question, actor=actor, history=history, mode=mode, plain=plain))


def search_json(
    assistant: Assistant, question: str, k: int = 10, actor: str | None = None, history: Sequence[str] = ()
) -> Json:
    """Search results.

    Raises:
        QuestionError: as `Assistant.search`.
        UsageError: k is not 1 to 50.
    """
    if not 1 <= k <= MOST_HITS:
        raise UsageError(f"k moet 1 tot {MOST_HITS} zijn.")
    started = time.perf_counter()
    hits = assistant.search(question, k=k, actor=actor, history=history)
    return hits_json(question, hits, assistant.snapshot.documents, time.perf_counter() - started)


def documents_json(assistant: Assistant) -> list[Json]:
    """What documents there are, without their texts."""
    return [_about(document) for document in assistant.snapshot.documents.values()]


def document_json(assistant: Assistant, id: str) -> Json | None:
    """A document with its text, or None when there is none with that id."""
    document = assistant.snapshot.documents.get(id)
    return None if document is None else {**_about(document), "text": document.text}


def _about(document: Any) -> Json:  # noqa: ANN401 - every field is read by name
    names = ("id", "title", "publisher", "kind", "date", "status", "language", "url", "file", "contact")
    return {name: getattr(document, name) for name in names} | {"version": document.sha256}


def pathways_json(assistant: Assistant) -> list[Json]:
    """Which pathways there are."""
    found = load_pathways(assistant.settings.corpus / "pathways", assistant.snapshot.documents.values())
    routes = [{"id": r.id, "kind": "route", "title": r.title.nl} for r in found.routes.values()]
    return routes + [{"id": t.id, "kind": "timeline", "title": t.title.nl} for t in found.timelines.values()]


def pathway_json(assistant: Assistant, id: str, choices: Mapping[str, str], language: str = "nl") -> Json:
    """A route with its steps and questions, and where somebody with these choices stands on it; or a timeline.

    Raises:
        UsageError: no such pathway, or a choice that it does not have.
    """
    found = load_pathways(assistant.settings.corpus / "pathways", assistant.snapshot.documents.values())
    if id in found.routes:
        route = found.routes[id]
        return _route(route, place(route, choices), language)
    if id in found.timelines:
        return _timeline(found.timelines[id], language)
    known = ", ".join((*found.routes, *found.timelines)) or "geen"
    raise UsageError(f"Er is geen route of tijdlijn '{id}'. Er zijn: {known}.")


def _route(route: Route, at: Place | None, language: str) -> Json:
    return {
        "id": route.id,
        "kind": "route",
        "title": route.title.of(language),
        "steps": [
            {
                "id": step.id,
                "title": step.title.of(language),
                "purpose": [_claim(c, language) for c in step.purpose],
                "conditions": [_claim(c, language) for c in step.conditions],
                "next": list(step.next),
            }
            for step in route.steps
        ],
        "questions": [
            {"id": c.id, "text": c.text.of(language), "options": {o: w.of(language) for o, w in c.options.items()}}
            for c in route.choices
        ],
        "place": None
        if at is None
        else {
            "here": at.here.id,
            "next": [step.id for step in at.next],
            "done": [step.id for step in at.done],
            "because": _claim(at.rule.claim, language),
        },
    }


def _timeline(timeline: Timeline, language: str) -> Json:
    return {
        "id": timeline.id,
        "kind": "timeline",
        "title": timeline.title.of(language),
        "events": [
            {"date": e.date.of(language), "state": e.state, **_claim(e.claim, language)} for e in timeline.events
        ],
        "remarks": [_claim(c, language) for c in timeline.remarks],
    }


def _claim(claim: Claim, language: str) -> Json:
    numbered = (replace(proof, n=n) for n, proof in enumerate(claim.proofs, 1))
    return {"says": claim.says.of(language), "citations": [citation_json(c) for c in numbered]}
