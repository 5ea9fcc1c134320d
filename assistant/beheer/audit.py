"""Who did what, when, to which snapshot: lines of JSON that are only ever added to."""

from __future__ import annotations

import fcntl
import json
import os
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.beheer.accounts import FOLDER
from assistant.beheer.state import now
from assistant.errors import FailedError

FILE = "audit.jsonl"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `what` is a name that the pages translate; `detail` is in the words of who or what caused it."""

    when: str
    who: str
    what: str
    snapshot: str = ""
    document: str = ""
    detail: str = ""


class Audit:
    """The log of one index folder; several processes may write."""

    def __init__(self, index: Path) -> None:
        """`index` is the folder of the index."""
        self.path = index / FOLDER / FILE

    def write(self, who: str, what: str, *, snapshot: str = "", document: str = "", detail: str = "") -> None:
        """Add a line, and have it on the disk before going on.

        Raises:
            FailedError: it cannot be written; what is not recorded must not be done.
        """
        entry = Entry(now(), who, what, snapshot, document[:300], detail[:2_000])
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise FailedError(
                f"Het logboek {self.path} kan niet worden geschreven ({error.strerror}). Er is niets gedaan; maak "
                "ruimte of controleer de rechten."
            ) from error

    def last(self, most: int = 200) -> list[Entry]:
        """The newest lines, newest first; a line that a crash left half is passed over.

        Raises:
            FailedError: the log cannot be read.
        """
        found: deque[Entry] = deque(maxlen=most)
        try:
            with self.path.open(encoding="utf-8", errors="replace") as file:
                for line in file:
                    try:
                        found.append(Entry(**json.loads(line)))
                    except (ValueError, TypeError):
                        continue  # half a line: the one before it and the one after it are whole
        except FileNotFoundError:
            return []
        except OSError as error:
            raise FailedError(f"Het logboek {self.path} kan niet worden gelezen ({error.strerror}).") from error
        return list(reversed(found))
