"""What the command line prints: one line is one line, whatever a document or a message holds."""

from __future__ import annotations

import json

import pytest

from assistant.output import note, print_json, say


def test_control_characters_do_not_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say("CDV = Commissie\x1b[31m\nDagen\u2028Verlof  (nieuw)")
    note("twee\nregels \x07 en   ruimte")
    told = capsys.readouterr()
    assert told.out == "CDV = Commissie [31m Dagen Verlof  (nieuw)\n"
    assert told.err == "assistant: twee regels en ruimte\n"


def test_json_is_whole_and_readable(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"tekst": "één\x1b"})
    told = capsys.readouterr().out
    assert json.loads(told) == {"tekst": "één\x1b"} and "één" in told
