"""Helpers of the tests: writing small corpora, and running the command line as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"

TINY = {
    "cursus.md": """---
title: Cursus feedback
publisher: De Kring
date: 2024-03-01
---

# Cursus feedback

De aios volgt elk jaar een cursus over feedback. Aanmelden gaat via <https://voorbeeld.nl/cursus>.

## Kosten

De cursus kost 200 euro; de opleider betaalt.

Bij de cursus horen:

- een zaal met daglicht;
- koffie en thee.
""",
    "nested/visitatie.md": """# Visitatie

De visitatiecommissie bezoekt de opleiding elke vijf jaar.

## Verslag

Het verslag volgt na zes weken. De voorzitter stuurt het aan de raad van bestuur.
""",
}


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder; gives the folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def run_cli(
    *arguments: str | Path, input: str | bytes | None = None, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, away from the checkout's own settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("ASSISTANT_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", *map(str, arguments)],
        input=input.encode() if isinstance(input, str) else input,
        capture_output=True,
        cwd=cwd,
        env={**clean, **environment},
        timeout=180,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def one_dutch_line(done: subprocess.CompletedProcess[str], code: int, *parts: str) -> None:
    """Hold that a command refused with one line on standard error that has these parts, and nothing else."""
    assert done.returncode == code, (done.returncode, done.stderr)
    assert done.stdout == ""
    assert done.stderr.startswith("assistant: ")
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr
    for part in parts:
        assert part in done.stderr, (part, done.stderr)
