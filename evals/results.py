"""Results of a run as a file: evals/results/<date>-<commit>.json, one case a line so that a diff can be read."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.errors import FailedError, UsageError
from evals.cases import FOLDER
from evals.score import Outcome

RESULTS = FOLDER / "results"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Run:
    """A measured set: when, of which commit and index, each outcome, and what other systems made of the same cases."""

    set: str
    created: str
    commit: str
    index: str
    encoder: str
    threshold: float | None
    seconds: float
    outcomes: tuple[Outcome, ...]
    peers: tuple[Rival, ...] = ()
    ablation: tuple[Rival, ...] = ()

    @property
    def name(self) -> str:
        """How the run is named on screen and on disk; dev is the usual set, others say so."""
        return f"{self.created[:10]}-{self.commit}" + ("" if self.set == "dev" else f"-{self.set}")


@dataclass(frozen=True, slots=True)
class Rival:
    """Another system over the same cases: per measure its mean with the bounds, and how far the product is above it.

    Both as (mean, low, high), the second paired over cases.
    """

    system: str
    figures: dict[str, tuple[float, float, float]]
    lead: dict[str, tuple[float, float, float]]


def current_commit() -> str:
    """The short id of the commit in use, with '-dirty' when the files differ from it; 'none' outside a checkout."""
    described = _git("describe", "--always", "--dirty", "--abbrev=7", "--exclude=*")
    return described or "none"


def now() -> str:
    """The time as results store it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def save(run: Run, folder: Path) -> Path:
    """Write a run; gives the file.

    Raises:
        FailedError: the folder cannot be written.
    """
    raw = dataclasses.asdict(run)
    outcomes = raw.pop("outcomes")
    tables = {name: raw.pop(name) for name in ("peers", "ablation")}
    head = json.dumps({"format": FORMAT, **raw}, ensure_ascii=False)[1:-1]
    rows = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in outcomes)
    extra = ",\n".join(f'"{name}": {json.dumps(table, separators=(",", ":"))}' for name, table in tables.items())
    return write(folder / f"{run.name}.json", f'{{{head},\n"outcomes": [\n{rows}\n],\n{extra}}}\n')


def write(path: Path, text: str) -> Path:
    """Write a file, and its folder when it is missing; gives the path.

    Raises:
        FailedError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FailedError(
            f"{path} kan niet worden geschreven ({error.strerror}). Kies een andere map met --out."
        ) from error
    return path


def load(path: Path) -> Run:
    """Read a run.

    Raises:
        UsageError: the file is missing, or no result of this program.
    """
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is geen resultaat van assistant eval ({error}).") from error


def parse(text: str) -> Run:
    """A run from its JSON text; raises ValueError, KeyError or TypeError when it is something else."""
    raw: dict[str, Any] = json.loads(text)
    if raw.pop("format") != FORMAT:
        raise ValueError("een ander formaat")
    raw["outcomes"] = tuple(_outcome(row) for row in raw["outcomes"])
    for name in ("peers", "ablation"):
        raw[name] = tuple(_rival(row) for row in raw.get(name, ()))
    return Run(**raw)


def last_committed(set_name: str, folder: Path = RESULTS) -> Run | None:
    """The newest result of a set that is in the current commit; None when there is none."""
    listed = _git("ls-tree", "--full-tree", "--name-only", "-r", "HEAD", folder=folder) or ""
    prefix = _git("rev-parse", "--show-prefix", folder=folder) or ""
    found: list[Run] = []
    for line in listed.splitlines():
        if line.startswith(prefix) and line.endswith(".json"):
            text = _git("show", f"HEAD:{line}", folder=folder)
            try:
                run = parse(text or "")
            except (ValueError, KeyError, TypeError):
                continue  # written by an older format: nothing to compare with
            if run.set == set_name:
                found.append(run)
    return max(found, key=lambda run: run.created, default=None)


def _outcome(row: dict[str, Any]) -> Outcome:
    for name in ("gold", "cited"):
        row[name] = tuple(tuple(item) for item in row[name])
    for name in ("history", "reasons"):
        row[name] = tuple(row[name])
    return Outcome(**row)


def _rival(row: dict[str, Any]) -> Rival:
    figures, lead = ({name: tuple(triple) for name, triple in row[key].items()} for key in ("figures", "lead"))
    return Rival(row["system"], figures, lead)


def _git(*arguments: str, folder: Path = FOLDER) -> str | None:
    """What git says, or None where there is no git or no such thing."""
    if not folder.is_dir():
        return None
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
