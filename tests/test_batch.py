"""JSON Lines in, JSON Lines out: same order, one error a wrong line, the same answer as asked alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.batch import answer_lines, open_lines, search_lines, write_rows
from assistant.errors import FailedError, UsageError
from assistant.present import answer_json

QUESTION = "Wat zijn de taken van de COC voor het opleidingsklimaat?"


def timeless(row: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in row.items() if key != "seconds"}


def test_rows_come_in_order_and_equal_a_single_question(real_assistant: Assistant) -> None:
    questions = [QUESTION, "Wat kost een hond?", "En de voorbeelden daarvan?", "What does the board of directors do?"]
    lines = [
        json.dumps(
            {"id": n, "question": text, "actor": "aios" if n == 1 else None, "history": questions[:n], "extra": 1}
        )
        for n, text in enumerate(questions)
    ]
    rows = list(answer_lines(real_assistant, lines))
    assert [row["id"] for row in rows] == [0, 1, 2, 3]
    for n, (text, row) in enumerate(zip(questions, rows, strict=True)):
        alone = real_assistant.ask(text, actor="aios" if n == 1 else None, history=questions[:n])
        assert timeless(row) == timeless(answer_json(alone, n))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("{", "geen geldige JSON"),
        ("[" * 100_000, "geen geldige JSON"),
        ('{"question": NaN}', "geen geldige JSON"),
        ("3", '"question" als tekst'),
        ("{}", '"question" als tekst'),
        ('{"question": null}', '"question" als tekst'),
        ('{"question": ""}', "De vraag is leeg"),
        ('{"question": "?!"}', "De vraag is leeg"),
        (json.dumps({"question": "woord " * 10_000}), "te lang (10000 woorden"),
        (json.dumps({"question": "x" * 100_000}), "te lang"),
        ('{"question": "wat?", "actor": "pietje"}', "Onbekende actor 'pietje'. Kies uit: aios, opleider, coc, rvb"),
        ('{"question": "wat?", "actor": 3}', '"actor" moet tekst'),
        ('{"question": "wat?", "history": "eerder"}', '"history" moet een lijst'),
        ('{"question": "wat?", "history": [3]}', '"history" moet een lijst'),
        (b'{"question": "\xff"}', "geen UTF-8"),
    ],
)
def test_a_wrong_line_gives_an_error_in_its_place(real_assistant: Assistant, line: str | bytes, error: str) -> None:
    good = json.dumps({"id": "goed", "question": QUESTION})
    rows = list(answer_lines(real_assistant, [good, line, "\n", good]))
    assert [row.get("id") for row in rows] == ["goed", None, "goed"]
    assert rows[1]["line"] == 2
    assert error in rows[1]["error"]
    assert "\n" not in rows[1]["error"]
    assert rows[2]["status"] == "answered"
    (found,) = search_lines(real_assistant, [line], 3)
    assert found["line"] == 1


@pytest.mark.parametrize("text", ["\\ud800 COC", "COC\\u0000\\u202e", "<script>alert(1)</script> COC", "COC 🙂" * 50])
def test_strange_text_is_answered_and_can_be_written(real_assistant: Assistant, text: str, tmp_path: Path) -> None:
    rows = answer_lines(real_assistant, [f'{{"id": "\\ud83d", "question": "Wat doet de {text}?"}}'])
    write_rows(rows, str(tmp_path / "uit.jsonl"), "-")
    row = json.loads((tmp_path / "uit.jsonl").read_text(encoding="utf-8"))
    assert row["id"] == "\ud83d"
    assert row["status"] in {"answered", "not_found"}
    assert "<script>" not in row["text"]


def test_a_byte_order_mark_is_no_error(real_assistant: Assistant, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(json.dumps({"question": QUESTION}), encoding="utf-8-sig")
    with open_lines(str(tmp_path / "in.jsonl")) as lines:
        (row,) = search_lines(real_assistant, lines, 4)
    assert [hit["rank"] for hit in row["hits"]] == [1, 2, 3, 4]


def test_files_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="kan niet worden gelezen"), open_lines(str(tmp_path / "weg")):
        pass
    with pytest.raises(UsageError, match="kan niet worden geschreven"):
        write_rows([], str(tmp_path / "geen" / "map.jsonl"), "-")
    with pytest.raises(FailedError, match=r"/dev/full is niet af \(No space left"):
        write_rows([{"a": 1}], "/dev/full", "-")
    path = tmp_path / "vragen.jsonl"
    path.write_text("{}")
    with pytest.raises(UsageError, match="hetzelfde bestand"):
        write_rows([], str(path), str(path))
    assert path.read_text() == "{}"
