"""Lines in reading order → blocks: headings by letter size, items by mark and indent, broken words made whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Literal

from assistant.convert.blocks import Block, clean, link, merge_links
from assistant.convert.edges import without_edges
from assistant.convert.layout import ORDINAL, Box, Grid, Line, Style, is_mark, reading_order

_BROKEN = re.compile(r"([^\W\d_]{2,})-\Z")
_FINISHED = re.compile(r"[.!?:;…][\"'’”)]*\Z")
_LOWER = re.compile(r"[(\[\"'‘“]*[a-zà-ÿ]")
_LONGEST_HEADING = 160


@dataclass(frozen=True, slots=True)
class Styles:
    """What sizes and spacing mean in one document; read from all of its lines before any is made a block."""

    body: Style
    headings: tuple[Style, ...]
    pitch: float
    words: frozenset[str]

    @classmethod
    def read(cls, lines: Sequence[Line]) -> Styles:
        """Take the commonest style as body text, and larger or bolder ones as headings, the largest first."""
        weights: Counter[Style] = Counter()
        for line in lines:
            weights[line.style] += len(line.text)
        body = weights.most_common(1)[0][0] if weights else (10.0, False, False)
        heads = {
            style
            for style in weights
            if style[0] > body[0] * 1.08 or (style[1] and not body[1] and style[0] >= body[0] * 0.95)
        }
        steps = [
            (after.bottom - before.bottom) / max(1.0, before.style[0])
            for before, after in pairwise(lines)
            if before.page == after.page and before.style == after.style == body and after.bottom > before.bottom
        ]
        close = [step for step in steps if step < 1.9]
        seen = frozenset(
            word for line in lines for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*(?!-)", line.text.casefold())
        )
        # Of one size, bold comes before light and upright before italic, as word processors have it.
        ranked = sorted(heads, key=lambda style: (-style[0], not style[1], style[2]))
        return cls(body, tuple(ranked), median(close) if close else 1.2, seen)

    def heading_level(self, line: Line) -> int:
        """1–6 for a line that looks like a heading, 0 for others."""
        style = line.style
        if style not in self.headings or len(line.text) > _LONGEST_HEADING or not re.search(r"[^\W\d_]", line.text):
            return 0
        if style[0] <= self.body[0] * 1.08 and (re.search(r"[;,]\Z", line.text) or is_mark(line.words[0].text)):
            return 0
        return min(6, self.headings.index(style) + 1)


@dataclass(frozen=True, slots=True)
class PageLines:
    """A page: its height, the lines outside its tables, and its tables."""

    height: float
    lines: Sequence[Line]
    grids: Sequence[Grid]


@dataclass
class _Open:
    """The block that is being written."""

    kind: Literal["heading", "paragraph", "item"]
    level: int
    ordered: bool
    lines: list[Line]
    left: float = 0.0


def blocks_of(lines: Iterable[Line], styles: Styles, *, headings: bool = True) -> list[Block]:
    """Turn lines in reading order into blocks; in a table cell no line is a heading, whatever its size."""
    done: list[_Open] = []
    indents: list[float] = []
    rows = list(lines)
    edges = _right_edges(rows)
    for line, right in zip(rows, edges, strict=True):
        level = styles.heading_level(line) if headings else 0
        current = done[-1] if done else None
        if level:
            if (
                current
                and current.kind == "heading"
                and current.level == level
                and _follows(current.lines[-1], line, styles, 1.35)
            ):
                current.lines.append(line)
            else:
                done.append(_Open("heading", level, False, [line]))
                indents = []
        elif _opens_item(line, current):
            indents = [x for x in indents if x < line.x0 - 3] + [line.x0]
            done.append(
                _Open("item", len(indents) - 1, bool(ORDINAL.match(line.words[0].text)), [line], line.words[1].x0)
            )
        elif current and current.kind != "heading" and _goes_on(current, line, styles, right):
            current.lines.append(line)
        else:
            done.append(_Open("paragraph", 0, False, [line]))
            indents = []
    made = (_block(block, styles) for block in done)
    return [block for block in made if block.text]


def blocks_of_pages(pages: Sequence[PageLines]) -> list[Block]:
    """The pages of a document, from the first, as blocks in reading order, without headers and footers."""
    kept = without_edges([(page.height, page.lines) for page in pages])
    flow: list[Box] = []
    for lines, page in zip(kept, pages, strict=True):
        flow += reading_order([*lines, *page.grids])
    # The text of a document may stand in its tables: their lines count for what is body and what is heading.
    grids = [grid for page in pages for grid in page.grids]
    in_cells = [line for grid in grids for row in grid.cells for cell in row for line in cell]
    styles = Styles.read([box for box in flow if isinstance(box, Line)] + in_cells)
    blocks: list[Block] = []
    run: list[Line] = []
    for box in [*flow, None]:
        if isinstance(box, Line):
            run.append(box)
            continue
        blocks += blocks_of(run, styles)
        run = []
        if isinstance(box, Grid):
            rows = tuple(tuple(tuple(blocks_of(cell, styles, headings=False)) for cell in row) for row in box.cells)
            blocks.append(Block("table", page=box.page, rows=rows))
    return blocks


def _right_edges(lines: Sequence[Line]) -> list[float]:
    """Per line how far the lines of its column reach: what nine in ten of the lines above and below it stay within."""
    pages: dict[int, list[Line]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    edges: list[float] = []
    for line in lines:
        beside = sorted(other.x1 for other in pages[line.page] if other.x0 < line.x1 and line.x0 < other.x1)
        edges.append(beside[min(len(beside) - 1, int(0.9 * len(beside)))])
    return edges


def _opens_item(line: Line, current: _Open | None) -> bool:
    """Whether a line begins a list item; a dash in a sentence that ran on to the next line does not."""
    if not is_mark(line.words[0].text) or len(line.words) < 2:
        return False
    dash = line.words[0].text in {"-", "–", "—"}
    inside = current is not None and current.kind == "item" and line.x0 >= current.left - 3
    return not (dash and inside and current and not re.search(r"[.;:,!?]\Z", current.lines[-1].text))


def _follows(before: Line, after: Line, styles: Styles, spread: float) -> bool:
    """Whether a line stands directly under the one before."""
    step = after.bottom - before.bottom
    return before.page == after.page and 0 < step <= spread * styles.pitch * max(before.style[0], after.style[0])


def _goes_on(current: _Open, line: Line, styles: Styles, right: float) -> bool:
    """Whether a line belongs to the block before it."""
    before = current.lines[-1]
    finished = bool(_FINISHED.search(before.text))
    runs_on = bool(_LOWER.match(line.text))
    if before.style[0] != line.style[0]:
        return _follows(before, line, styles, 1.15) and not finished and runs_on
    if before.page != line.page or line.bottom <= before.bottom:
        # Over the end of a column or page only a sentence that is plainly cut in two goes on.
        return not finished and (runs_on or bool(_BROKEN.search(before.text)))
    if not _follows(before, line, styles, 1.3):
        return False
    short = before.x1 < right - 0.2 * max(1.0, right - before.x0)
    if current.kind == "item" and line.x0 < current.left - 3:
        # No hanging indent: only a sentence that has plainly not ended goes on ('m.b.t.' ends none).
        return runs_on or (not finished and not short)
    return not (finished and short and not runs_on)


def _block(block: _Open, styles: Styles) -> Block:
    text = ""
    for number, line in enumerate(block.lines):
        words = line.words[1:] if block.kind == "item" and number == 0 else line.words
        text = join(text, _linked(words), styles.words)
    if block.kind == "heading":
        return Block("heading", clean(text), block.level, page=block.lines[0].page)
    return Block(block.kind, merge_links(clean(text)), min(8, block.level), block.ordered, block.lines[0].page)


def _linked(words: Sequence[object]) -> str:
    """The words of a line, neighbours that link to one address as one Markdown link."""
    parts: list[str] = []
    run: list[str] = []
    address = ""
    for word in [*words, None]:
        target = getattr(word, "link", "")
        if run and (word is None or target != address):
            parts.append(_link_with_edges(" ".join(run), address))
            run = []
        if word is not None:
            run.append(getattr(word, "text", ""))
            address = target
    return " ".join(parts)


def _link_with_edges(words: str, address: str) -> str:
    """Punctuation around linked words stays outside the link."""
    match = re.match(r"([(\"'‘“]*)(.*?)([)\"'’”.,;:!?]*)\Z", words)
    if not address or match is None or not match.group(2):
        return words
    opening, inner, closing = match.groups()
    if closing.startswith(")") and inner.count("(") > inner.count(")"):
        inner, closing = f"{inner})", closing[1:]
    return opening + link(inner, address) + closing


def join(before: str, after: str, known: frozenset[str]) -> str:
    """Put two lines together; a word broken at the line end is whole again, unless its hyphen is its own."""
    if not before:
        return after
    broken = _BROKEN.search(before)
    start = re.match(r"[^\W\d_]+", after)
    if broken is None or start is None or not start.group()[0].islower():
        return (
            f"{before}{after}"
            if re.search(r"[^\W_]-\Z", before) and start and start.group()[0].isupper()
            else f"{before} {after}"
        )
    head, tail = broken.group(1).casefold(), start.group().casefold()
    if tail in {"en", "of", "and", "or"} and f"{head}{tail}" not in known:
        return f"{before} {after}"
    if f"{head}{tail}" not in known and (
        f"{head}-{tail}" in known
        # 'OOR-besprekingen' and 'afdeling-overstijgend': broken at a hyphen of their own, not by hyphenation.
        or broken.group(1).isupper()
        or (min(len(head), len(tail)) >= 4 and {head, tail} <= known)
    ):
        return f"{before}{after}"
    return f"{before[:-1]}{after}"
