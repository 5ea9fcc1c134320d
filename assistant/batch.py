"""JSON Lines in → JSON Lines out, same order; a line that is wrong gives an error in its place, the rest goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from assistant.assistant import Assistant
from assistant.errors import UsageError
from assistant.present import answer_json, hits_json

Row = dict[str, Any]


def answer_lines(assistant: Assistant, lines: Iterable[str]) -> Iterator[Row]:
    """Answer each line `{"id", "question", "actor", "history"}`; unknown keys are ignored."""

    def answer(row: Row) -> Row:
        return answer_json(assistant.ask(row["question"], actor=row["actor"], history=row["history"]), row["id"])

    return _each(lines, answer)


def search_lines(assistant: Assistant, lines: Iterable[str], k: int) -> Iterator[Row]:
    """Search for each line, `k` hits each."""

    def search(row: Row) -> Row:
        started = time.perf_counter()
        hits = assistant.search(row["question"], k=k, actor=row["actor"], history=row["history"])
        return hits_json(row["question"], hits, assistant.snapshot.documents, time.perf_counter() - started, row["id"])

    return _each(lines, search)


def _each(lines: Iterable[str], work: Callable[[Row], Row]) -> Iterator[Row]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row: Row = {}
        try:
            row = _row(line)
            yield work(row)
        except UsageError as error:
            yield {"line": number, "id": row.get("id"), "error": str(error)}


def _row(line: str) -> Row:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise UsageError(f"geen geldige JSON ({error})") from error
    if not isinstance(row, dict) or not isinstance(row.get("question"), str):
        raise UsageError('elke regel is een object met een "question" als tekst')
    actor, history = row.get("actor"), row.get("history") or []
    if actor is not None and not isinstance(actor, str):
        raise UsageError('"actor" moet tekst of null zijn')
    if not isinstance(history, list) or not all(isinstance(item, str) for item in history):
        raise UsageError('"history" moet een lijst met eerdere vragen zijn')
    return {"id": row.get("id"), "question": row["question"], "actor": actor, "history": history}
