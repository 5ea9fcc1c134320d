"""What readers think of answers, in one SQLite file beside the index: a verdict goes in, a maintainer reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from assistant.sqlite import opened

FILE = "feedback.sqlite3"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS verdicts (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('up', 'down')),
    question TEXT NOT NULL,
    role TEXT,
    status TEXT NOT NULL,
    answer TEXT NOT NULL,
    versions TEXT NOT NULL,
    reasons TEXT NOT NULL,
    remark TEXT NOT NULL
)"""
_COLUMNS = "verdict, question, role, status, answer, versions, reasons, remark"


# Characters that a terminal acts on; text from readers must not steer it.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one reader thought of one answer; `versions` are the documents quoted, with their checksums."""

    verdict: Literal["up", "down"]
    question: str
    status: str
    answer: str
    role: str | None = None
    versions: Mapping[str, str] | None = None
    reasons: tuple[str, ...] = ()
    remark: str = ""
    at: str = ""
    id: int = 0


def line_of(verdict: Verdict) -> str:
    """A verdict on one line, safe for a terminal."""
    word = "bruikbaar" if verdict.verdict == "up" else "niet bruikbaar"
    parts = [verdict.at, word, verdict.role or "geen rol", verdict.question, *verdict.reasons, verdict.remark]
    return " | ".join(_CONTROL.sub(" ", part).strip() for part in parts if part)


class Feedback:
    """The file of verdicts; each call opens it anew, so that several threads and processes can write."""

    def __init__(self, folder: Path) -> None:
        """`folder` is where the file is, or will be made at the first verdict."""
        self.path = folder / FILE

    def record(self, verdict: Verdict) -> int:
        """Store a verdict, in the place of the one whose id it has; gives its id.

        Raises:
            FailedError: when the file cannot be written.
        """
        values = (
            verdict.verdict,
            verdict.question,
            verdict.role,
            verdict.status,
            verdict.answer,
            json.dumps(dict(verdict.versions or {})),
            json.dumps(verdict.reasons),
            verdict.remark,
        )
        at = datetime.now(UTC).isoformat(timespec="seconds")
        with opened(self.path, _SCHEMA, "De oordelen") as connection:
            row = connection.execute(
                f"INSERT OR REPLACE INTO verdicts (id, at, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (verdict.id or None, at, *values),
            )
            return int(row.lastrowid or 0)

    def all(self) -> list[Verdict]:
        """Every verdict, the newest first.

        Raises:
            FailedError: when the file cannot be read.
        """
        if not self.path.exists():
            return []
        with opened(self.path, _SCHEMA, "De oordelen") as connection:
            rows = connection.execute(f"SELECT {_COLUMNS}, at, id FROM verdicts ORDER BY id DESC").fetchall()
        return [
            Verdict(verdict, question, status, answer, role, json.loads(versions), tuple(json.loads(reasons)), *rest)
            for verdict, question, role, status, answer, versions, reasons, *rest in rows
        ]
