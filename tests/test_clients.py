"""The transcript of other people's tools runs against real processes, and shows no mistake."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from support import CORPUS, ROOT


@pytest.mark.slow
def test_the_transcript_is_whole(real_index):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
    paths = {"ASSISTANT_CORPUS": str(CORPUS), "ASSISTANT_INDEX": str(real_index), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "evals.clients"],
        env=clean | paths,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    parts = dict(part.split("\n", 1) for part in done.stdout.split("\n## ")[1:])
    assert [name.split(",")[0] for name in parts] == [
        "HTTP (assistant chat)", "openai client", "LlamaIndex", "MCP SDK", "MCP SDK",
    ]  # fmt: skip
    assert "is its text[" in done.stdout and ": True" in parts["HTTP (assistant chat)"]
    assert "Dat staat niet in de documenten" in parts["openai client"] and "NotFoundError" in parts["openai client"]
    for name, told in parts.items():
        assert "vangnet" in told, name
    for told in (told for name, told in parts.items() if name.startswith("MCP")):
        assert "ask, search, get_document, pathway" in told and "is_error=True" in told
