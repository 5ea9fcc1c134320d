"""Questions that the documents did not answer well, kept for a while where the operator wants that, without names."""

from __future__ import annotations

import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from assistant.beheer.accounts import FOLDER
from assistant.beheer.scrub import Known, scrub
from assistant.sqlite import opened
from assistant.types import Answer

FILE = "questions.sqlite3"
# An answer below this probability is shown to the maintainer. Refusals lie below the threshold of the model itself.
LOW = 0.6
_LONGEST, _MOST = 300, 5_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS questions (
    day TEXT NOT NULL,
    question TEXT NOT NULL,
    status TEXT NOT NULL,
    confidence REAL NOT NULL,
    document TEXT NOT NULL,
    section TEXT NOT NULL,
    UNIQUE (day, question)
)"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as kept: of which day, what became of it, and the section that came nearest."""

    day: str
    question: str
    status: str
    confidence: float
    document: str
    section: str


@dataclass(frozen=True, slots=True)
class Topic:
    """Questions whose nearest section is the same."""

    document: str
    section: str
    questions: tuple[Asked, ...]

    @property
    def refused(self) -> int:
        """How many of them got no answer."""
        return sum(asked.status == "not_found" for asked in self.questions)


class Questions:
    """The file of kept questions. With `days` 0 nothing is kept, and what was kept before is removed."""

    def __init__(self, index: Path, days: int, today: Callable[[], date] = lambda: datetime.now(UTC).date()) -> None:
        """`index` is the folder of the index, `days` how long a question is kept."""
        self.path = index / FOLDER / FILE
        self.days = days
        self._today = today
        self._lock = threading.Lock()

    def keep(self, answer: Answer, known: Known) -> bool:
        """Keep a question if its answer was none or a doubtful one; gives whether it was kept.

        Only the day is kept, not the time, and the same question once a day: it says nothing of who asked it.

        Args:
            answer: what the question got.
            known: whether a word is one of the documents; others with a capital count as names.

        Raises:
            FailedError: the file cannot be written.
        """
        doubtful = answer.status == "not_found" or answer.confidence < LOW
        if self.days <= 0 or not doubtful or answer.understood.kind == "chitchat":
            return False
        near = (*answer.nearest, *answer.citations)[:1]
        question = scrub(answer.question, known)[:_LONGEST]
        values = (
            self._today().isoformat(),
            question,
            answer.status,
            round(answer.confidence, 3),
            near[0].title if near else "",
            " › ".join(part for part in near[0].section[:3] if part != near[0].title) if near else "",
        )
        with self._lock, opened(self.path, _SCHEMA, "De bewaarde vragen") as connection:
            self._forget(connection)
            connection.execute("INSERT OR IGNORE INTO questions VALUES (?, ?, ?, ?, ?, ?)", values)
        return True

    def all(self) -> list[Asked]:
        """What is kept, the newest first; what is too old is removed first.

        Raises:
            FailedError: the file cannot be read.
        """
        if not self.path.exists():
            return []
        with self._lock, opened(self.path, _SCHEMA, "De bewaarde vragen") as connection:
            self._forget(connection)
            rows = connection.execute(
                "SELECT day, question, status, confidence, document, section FROM questions ORDER BY day DESC, question"
            ).fetchall()
        return [Asked(*row) for row in rows]

    def clear(self) -> None:
        """Remove all that is kept."""
        if self.path.exists():
            with self._lock, opened(self.path, _SCHEMA, "De bewaarde vragen") as connection:
                connection.execute("DELETE FROM questions")

    def _forget(self, connection: sqlite3.Connection) -> None:
        oldest = (self._today() - timedelta(days=max(self.days, 0))).isoformat()
        connection.execute("DELETE FROM questions WHERE day <= ?", (oldest,))
        connection.execute(
            "DELETE FROM questions WHERE rowid NOT IN (SELECT rowid FROM questions ORDER BY day DESC LIMIT ?)", (_MOST,)
        )


def topics(kept: list[Asked]) -> list[Topic]:
    """Questions by the section that came nearest, the section with most questions first."""
    groups: dict[tuple[str, str], list[Asked]] = defaultdict(list)
    for asked in kept:
        groups[asked.document, asked.section].append(asked)
    found = [Topic(document, section, tuple(own)) for (document, section), own in groups.items()]
    return sorted(found, key=lambda topic: (-len(topic.questions), topic.document, topic.section))
