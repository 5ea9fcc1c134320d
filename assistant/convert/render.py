"""Blocks → Markdown of the corpus: one line a paragraph or item, headings that nest, tables by actor unfolded."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.convert.blocks import Block, Converted
from assistant.convert.pages import PageStart
from assistant.convert.tables import flattened, grid, joined
from assistant.convert.unfold import unfold
from assistant.vocabulary import Vocabulary

# What would turn a paragraph into something else when it opens a line.
_OPENING = re.compile(r"(?:#{1,6}(?=\s)|[-*+](?=\s)|>|\||<|`{3}|~{3}|(?:[-*_]\s*){3,}\Z|=+\Z)")
_COUNTED = re.compile(r"(\d{1,9})([.)])(?=\s)")
_BARE_LINK = re.compile(r"(?<![\w@/.\[(<-])((?:https?://|www\.)[^\s<>\[\]()]*[^\s<>\[\]().,;:!?'\"’”])")
_MAIL = re.compile(r"(?<![\w@/.\[(:+-])([\w.+-]+@[\w-]+(?:\.[\w-]+)+)(?![\w@])")


@dataclass(frozen=True, slots=True)
class Rendered:
    """Markdown without front matter, where its pages start, and what to look at."""

    markdown: str
    pages: tuple[PageStart, ...]
    warnings: tuple[str, ...]


def render(converted: Converted, vocabulary: Vocabulary) -> Rendered:
    """Write blocks as Markdown."""
    warnings = list(converted.warnings)
    blocks = _levelled(_flat(joined(converted.blocks), vocabulary, warnings))
    parts: list[str] = []
    pages: list[PageStart] = []
    length = -1  # the text begins with an empty line, which goes
    counters: dict[int, int] = {}
    previous: Block | None = None
    for block in blocks:
        goes_on = previous is not None and previous.kind == block.kind == "item" and _one_list(previous, block)
        if not goes_on:
            counters = {}
        text = _text(block, counters)
        parts.append(text if goes_on else f"\n{text}")
        turned = block.page and (not pages or pages[-1].page != block.page)
        if block.page and turned and (words := _findable(block.text)):
            pages.append(
                PageStart(block.page, words, length + parts[-1].index(words) if words in parts[-1] else length)
            )
        length += len(parts[-1]) + 1
        previous = block
    return Rendered("\n".join(parts).strip() + "\n", tuple(pages), tuple(dict.fromkeys(warnings)))


def _findable(text: str) -> str:
    """The words a block begins with, as far as they stand in the Markdown just so; '' when that is too few to find."""
    words = re.split(r"\[|https?:|www\.|\S+@", text, maxsplit=1)[0][:80].strip()
    return words if len(words) >= 3 else ""


def _one_list(before: Block, after: Block) -> bool:
    """Whether two items in a row belong to one list: at the same depth they both count, or neither does."""
    return before.level != after.level or before.ordered == after.ordered


def _flat(blocks: Sequence[Block], vocabulary: Vocabulary, warnings: list[str]) -> list[Block]:
    """Blocks in which tables are headings and lists, or ready Markdown."""
    done: list[Block] = []
    level = 1
    for block in blocks:
        if block.kind == "heading":
            level = block.level
        if block.kind != "table":
            done.append(block)
            continue
        unfolded = unfold(block, vocabulary, level)
        if unfolded is not None:
            warnings += [warning] if (warning := flattened(block)) else []
            done += unfolded
            continue
        lines, warning = grid(block)
        warnings += [warning] if warning else []
        if lines:
            done.append(Block("raw", "\n".join(lines), page=block.page))
        else:  # one column: a frame around text, not a table
            done += [inner for row in block.rows for cell in row for inner in _flat(cell, vocabulary, warnings)]
    return done


def _levelled(blocks: Sequence[Block]) -> list[Block]:
    """Headings without jumps: levels that the document does not use are closed up, order kept."""
    used = sorted({block.level for block in blocks if block.kind == "heading"})
    ranks = {level: rank for rank, level in enumerate(used, 1)}
    return [dataclasses.replace(b, level=min(6, ranks[b.level])) if b.kind == "heading" else b for b in blocks]


def _text(block: Block, counters: dict[int, int]) -> str:
    if block.kind == "raw":
        return block.text
    text = _linked(block.text)
    if block.kind == "heading":
        return f"{'#' * block.level} {text}"
    if block.kind == "item":
        for deeper in [depth for depth in counters if depth > block.level]:
            del counters[deeper]
        counters[block.level] = counters.get(block.level, 0) + 1
        mark = f"{counters[block.level]}." if block.ordered else "-"
        # Four spaces a level nest under both '-' and '1.'.
        return f"{'    ' * block.level}{mark} {_safe(text)}"
    return _safe(text)


def _safe(text: str) -> str:
    """A backslash before what would make a paragraph a heading, list, table or HTML."""
    text = _COUNTED.sub(r"\1\\\2", text, count=1) if _COUNTED.match(text) else text
    return f"\\{text}" if _OPENING.match(text) else text


def _linked(text: str) -> str:
    """Addresses that stand bare in the text become links; their words stay."""

    def web(match: re.Match[str]) -> str:
        words = match.group(1)
        return f"[{words}]({words if words.startswith('http') else 'http://' + words})"

    parts = re.split(r"(\[[^\]\[]*\]\([^()\s]*\))", text)
    return "".join(
        part if number % 2 else _MAIL.sub(r"[\1](mailto:\1)", _BARE_LINK.sub(web, part))
        for number, part in enumerate(parts)
    )
