"""Which snapshot went live when, by whom, past which gate: one line of JSON each; and what the gate found."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.errors import FailedError

GATES = "gates"
LOG = "publications.jsonl"


def save_gate(index: Path, snapshot: str, findings: Mapping[str, Any]) -> None:
    """Keep what the gate found for a candidate: `failures` of the answers, and `losses` of text; empty when it passed.

    `measured` is False where the answers could not be compared.
    """
    folder = index / GATES
    folder.mkdir(exist_ok=True)
    temporary = folder / f".{snapshot}.{os.getpid()}"
    temporary.write_text(json.dumps(findings, ensure_ascii=False, indent=1), encoding="utf-8")
    temporary.replace(folder / f"{snapshot}.json")


def gate_of(index: Path, snapshot: str) -> dict[str, Any] | None:
    """What the gate found for a snapshot; None when it was never measured.

    Raises:
        FailedError: the findings are damaged; a gate that cannot be read is not a gate that was passed.
    """
    file = index / GATES / f"{snapshot}.json"
    if not file.is_file():
        return None
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise FailedError(f"{file} is beschadigd. Meet opnieuw met: assistant index --gate") from error


def failures_of(index: Path, snapshot: str) -> list[str]:
    """Why the gate stops a snapshot: answers that became worse, text that would be lost; empty when it does not."""
    found = gate_of(index, snapshot) or {}
    return [*(found.get("failures") or []), *(found.get("losses") or [])]


def check_gate(index: Path, snapshot: str, reason: str | None) -> str:
    """Whether a snapshot may be published; gives 'passed', 'failed' (with a reason to publish all the same) or 'none'.

    Raises:
        FailedError: the gate failed, or much would be lost, and no reason was given.
    """
    found = gate_of(index, snapshot)
    if found is None:
        return "none"
    failures = failures_of(index, snapshot)
    if failures and not (reason and reason.strip()):
        raise FailedError(
            f"{snapshot} kwam niet door de poort ({'; '.join(failures)}). Bekijk de verschillen met: assistant "
            f"diff huidig {snapshot} "
            f"--answers, of publiceer toch met: assistant publish {snapshot} --past-gate 'reden'"
        )
    return "failed" if failures else "passed" if found.get("measured", True) else "none"


def record(index: Path, snapshot: str, gate: str, reason: str | None = None, who: str | None = None) -> None:
    """Write down that a snapshot went live; `who` is the user of this machine when nobody is named."""
    line = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "who": who or _user(),
        "snapshot": snapshot,
        "gate": gate,
        "reason": reason.strip() if reason and reason.strip() else None,
    }
    with (index / LOG).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def publications(index: Path) -> list[dict[str, Any]]:
    """Every time that a snapshot went live, the first one first; a line that a crash left half is passed over."""
    found: list[dict[str, Any]] = []
    try:
        lines = (index / LOG).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    for line in lines:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict) and isinstance(row.get("snapshot"), str):
            found.append(row)
    return found


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "onbekend"  # a process without a user name, as in many containers
