"""The nine public names, and what importing the package does and does not do."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import assistant

NAMES = {"Answer", "Assistant", "AssistantError", "Citation", "Document", "Hit", "Passage", "Settings", "read_corpus"}


def test_the_nine_names_are_the_public_ones() -> None:
    assert set(assistant.__all__) == NAMES
    for name in NAMES:
        value = getattr(assistant, name)
        assert value.__name__ == name
        assert value.__module__.startswith("assistant.")
        assert inspect.getdoc(value)


def test_another_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="'assistant' has no attribute 'nooit'"):
        _ = assistant.nooit


def test_what_a_program_may_rely_on() -> None:
    assert list(inspect.signature(assistant.Assistant.ask).parameters) == [
        "self",
        "question",
        "actor",
        "history",
        "mode",
        "plain",
    ]
    assert list(inspect.signature(assistant.Assistant.search).parameters) == [
        "self",
        "question",
        "k",
        "actor",
        "history",
    ]
    assert {"settings", "corpus", "index"} <= set(inspect.signature(assistant.Assistant.open).parameters)
    assert list(inspect.signature(assistant.read_corpus).parameters) == ["folder", "as_of"]


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, assistant; "
        "known = {'numpy', 'chromadb', 'torch', 'onnxruntime', 'gradio', 'llama_index', 'rich', 'yaml'}; "
        "heavy = known & set(sys.modules); "
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
