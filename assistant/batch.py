"""JSON Lines in → JSON Lines out, same order; a line that is wrong gives an error in its place, the rest goes on."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from assistant.assistant import Assistant
from assistant.errors import FailedError, UsageError
from assistant.present import answer_json, hits_json

Row = dict[str, Any]
Line = str | bytes


def answer_lines(assistant: Assistant, lines: Iterable[Line]) -> Iterator[Row]:
    """Answer each line `{"id", "question", "actor", "history"}`; unknown keys are ignored, blank lines skipped."""

    def answer(row: Row) -> Row:
        return answer_json(assistant.ask(row["question"], actor=row["actor"], history=row["history"]), row["id"])

    return _each(lines, answer)


def search_lines(assistant: Assistant, lines: Iterable[Line], k: int) -> Iterator[Row]:
    """Search for each line, `k` hits each."""

    def search(row: Row) -> Row:
        started = time.perf_counter()
        hits = assistant.search(row["question"], k=k, actor=row["actor"], history=row["history"])
        return hits_json(row["question"], hits, assistant.snapshot.documents, time.perf_counter() - started, row["id"])

    return _each(lines, search)


@contextmanager
def open_lines(source: str) -> Iterator[Iterable[bytes]]:
    """The lines of a file, or of standard input for `-`, as bytes: each line answers for its own encoding.

    Raises:
        UsageError: when the file cannot be read.
    """
    if source == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(source).open("rb")  # noqa: SIM115 - closed below; what goes wrong while reading is another matter
    except OSError as error:
        raise UsageError(
            f"{source} kan niet worden gelezen ({error.strerror}). Controleer de naam en de rechten."
        ) from error
    with file:
        yield file


def write_rows(rows: Iterable[Row], out: str | None, source: str) -> None:
    """Write rows as they come, each on a line of UTF-8, to a file or to standard output.

    Raises:
        UsageError: when the file cannot be opened for writing, or is the one that the questions are read from.
        FailedError: when writing stops halfway, by a full disk for instance.
    """
    if out is None:
        utf8(sys.stdout)
        _write(rows, sys.stdout)
        return
    try:
        if source != "-" and Path(out).exists() and Path(out).samefile(source):
            raise UsageError("--out is hetzelfde bestand als --batch. Kies een andere plaats met --out.")
        file = Path(out).open("w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115 - closed below
    except OSError as error:
        raise UsageError(
            f"{out} kan niet worden geschreven ({error.strerror}). Kies een andere plaats met --out."
        ) from error
    try:
        with file:
            _write(rows, file)
    except OSError as error:
        raise FailedError(f"{out} is niet af ({error.strerror}). Maak ruimte of kies een andere --out.") from error


def utf8(stream: IO[str]) -> None:
    """JSON is UTF-8 whatever the terminal speaks; half a surrogate pair becomes the JSON escape that it is."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _write(rows: Iterable[Row], file: IO[str]) -> None:
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
        file.flush()


def _each(lines: Iterable[Line], work: Callable[[Row], Row]) -> Iterator[Row]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row: Row = {}
        try:
            row = _row(line)
            yield work(row)
        except UsageError as error:
            yield {"line": number, "id": row.get("id"), "error": str(error)}


def _row(line: Line) -> Row:
    try:
        text = line.decode("utf-8-sig") if isinstance(line, bytes) else line.removeprefix("\ufeff")
        row = json.loads(text, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise UsageError("de regel is geen UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"geen geldige JSON ({error})") from error
    if not isinstance(row, dict) or not isinstance(row.get("question"), str):
        raise UsageError('elke regel is een object met een "question" als tekst')
    actor, history = row.get("actor"), row.get("history") or []
    if actor is not None and not isinstance(actor, str):
        raise UsageError('"actor" moet tekst of null zijn')
    if not isinstance(history, list) or not all(isinstance(item, str) for item in history):
        raise UsageError('"history" moet een lijst met eerdere vragen zijn')
    return {"id": row.get("id"), "question": row["question"], "actor": actor, "history": history}


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is geen JSON")
