"""What every parser gives: a document as a row of blocks, plain data that crosses the border of the child process."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

BlockKind = Literal["heading", "paragraph", "item", "table", "raw"]
# Control characters, zero-width marks and direction overrides: invisible in the preview, alive in the text.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list item, table, or piece of ready Markdown (`raw`).

    `level` is the heading level (1–6) or the depth of an item (0, 1, …); `rows` holds the cells of a table, each a
    row of blocks; `page` is where the block starts, in formats that have pages.
    """

    kind: BlockKind
    text: str = ""
    level: int = 0
    ordered: bool = False
    page: int | None = None
    rows: tuple[tuple[tuple[Block, ...], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Converted:
    """What a parser found: the blocks, what the file states about itself, and what a maintainer should know."""

    blocks: tuple[Block, ...]
    properties: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    pages: int = 0


def clean(text: str) -> str:
    """Text without invisible characters and ligatures, white space made single, in composed Unicode."""
    text = _INVISIBLE.sub("", text.replace("\u2028", " ").replace("\u2029", " ")).translate(_LIGATURES)
    return re.sub(r"[ \t\r\n\xa0]+", " ", unicodedata.normalize("NFC", text)).strip()


def link(words: str, address: str) -> str:
    """A Markdown link with its words kept; only web and mail addresses become links."""
    words, address = clean(words), clean(address)
    if not words or not re.match(r"(?:https?://|mailto:)[^\s<>()]+\Z", address):
        return words
    return f"[{words.replace('[', '(').replace(']', ')')}]({address})"


def merge_links(text: str) -> str:
    """Neighbouring links to one address, as a line break leaves them, become one link."""
    pattern = re.compile(r"\[([^\]\[]*)\]\(([^()\s]+)\)( ?)\[([^\]\[]*)\]\(\2\)")
    while (merged := pattern.sub(r"[\1\3\4](\2)", text)) != text:
        text = merged
    return text


def text_of(blocks: Iterable[Block]) -> str:
    """All words of blocks, tables included, one block a line."""
    lines: list[str] = []
    for block in blocks:
        lines += [block.text] if block.text else []
        lines += [text_of(cell) for row in block.rows for cell in row if cell]
    return "\n".join(lines)


def to_json(converted: Converted) -> dict[str, Any]:
    """The value as plain JSON data."""
    return {
        "blocks": [_block_json(block) for block in converted.blocks],
        "properties": dict(converted.properties),
        "warnings": list(converted.warnings),
        "pages": converted.pages,
    }


def from_json(data: Mapping[str, Any]) -> Converted:
    """The value that `to_json` wrote."""
    return Converted(_blocks(data["blocks"]), dict(data["properties"]), tuple(data["warnings"]), int(data["pages"]))


def _block_json(block: Block) -> dict[str, Any]:
    rows = [[[_block_json(inner) for inner in cell] for cell in row] for row in block.rows]
    return {"k": block.kind, "t": block.text, "l": block.level, "o": block.ordered, "p": block.page, "r": rows}


def _blocks(items: Sequence[Mapping[str, Any]]) -> tuple[Block, ...]:
    return tuple(
        Block(
            item["k"],
            item["t"],
            item["l"],
            item["o"],
            item["p"],
            tuple(tuple(_blocks(cell) for cell in row) for row in item["r"]),
        )
        for item in items
    )
