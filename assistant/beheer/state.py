"""A proposal as it is kept on disk: which changes, by whom, and how far its candidate is."""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Literal

from assistant.beheer.accounts import FOLDER
from assistant.errors import FailedError
from assistant.filing import write_whole

Stage = Literal["building", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a maintainer did: `what` is added, replaced, removed, bank (questions) or terms (words)."""

    what: str
    document: str
    title: str
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Changes that are made ready together. `effect` has what publishing the candidate would do, once it is ready."""

    changes: tuple[Change, ...]
    stage: Stage = "building"
    who: str = ""
    candidate: str = ""
    compared_with: str = ""
    problem: str = ""
    effect: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a proposal is kept: its own file, the copy of the corpus that it changes, and what that was copied from."""

    corpus: Path
    index: Path

    @property
    def folder(self) -> Path:
        """All of a proposal; gone when there is none."""
        return self.index / FOLDER / "voorstel"

    @property
    def file(self) -> Path:
        """The proposal itself."""
        return self.folder / "voorstel.json"

    @property
    def stage(self) -> Path:
        """The copy of the corpus in which changes are made."""
        return self.folder / "corpus"

    @property
    def base(self) -> Path:
        """The hashes of the corpus when the copy was made."""
        return self.folder / "base.json"


def now() -> str:
    """This second, as the logs and the pages of maintainers have it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def save(file: Path, proposal: Proposal) -> None:
    """Write a proposal down."""
    write_whole(file, json.dumps(asdict(proposal), ensure_ascii=False))


def load(file: Path) -> Proposal | None:
    """The proposal in a file, or None when there is none.

    Raises:
        FailedError: it is damaged.
    """
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        return Proposal(**{**raw, "changes": tuple(Change(**change) for change in raw["changes"])})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise FailedError(
            f"Het voorstel in {file.parent} is beschadigd. Verwijder die map; de documenten zelf zijn niet veranderd."
        ) from error


class Lock:
    """Only one maintainer changes something at a time, in whichever process; the system lets go of it in a crash."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def take(self, patience: float = 1.0) -> IO[str]:
        """Hold it until the file that this gives is closed.

        Args:
            patience: seconds to wait for it: whoever writes down that a build is ready lets go just after that.

        Raises:
            FailedError: someone else holds it; the message says who.
        """
        self._file.parent.mkdir(parents=True, exist_ok=True)
        file = self._file.open("a+", encoding="utf-8")
        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return file
            except OSError as error:
                if time.monotonic() >= until:
                    file.close()
                    raise FailedError(
                        "Een andere beheerder is op dit moment bezig met het voorstel. Er is niets verloren: wacht tot "
                        "dat klaar is en doe het daarna opnieuw."
                    ) from error
                time.sleep(0.02)

    def held(self) -> bool:
        """Whether anybody holds it."""
        try:
            self.take(0).close()
        except FailedError:
            return True
        return False
