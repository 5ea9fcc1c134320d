"""Words with places on a page → lines in reading order, column after column. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

# '(cid:127)' is how a mark of a symbol font without a table of letters comes out.
BULLET = re.compile(r"(?:[•●▪■◦○‣⁃∙·–—\-*o➢➤✓\uf0b7\uf0a7\uf0d8\uf02d\uf0fc]|\(cid:\d+\))\Z")
ORDINAL = re.compile(r"(?:\d{1,2}|[a-z])[.)]\Z")
# A column holds at least this many lines, and this share of the characters of both columns.
_COLUMN_LINES, _COLUMN_SHARE = 3, 0.2


Style = tuple[float, bool, bool]


class Box(Protocol):
    """Anything with a place on a page: a line, or a table."""

    @property
    def x0(self) -> float: ...  # noqa: D102
    @property
    def x1(self) -> float: ...  # noqa: D102
    @property
    def top(self) -> float: ...  # noqa: D102
    @property
    def bottom(self) -> float: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Word:
    """A word on a page, its letter size, and the address it links to."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool = False
    link: str = ""
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """Words beside each other, from left to right."""

    words: tuple[Word, ...]
    page: int

    @property
    def x0(self) -> float:
        """Left edge."""
        return self.words[0].x0

    @property
    def x1(self) -> float:
        """Right edge."""
        return max(word.x1 for word in self.words)

    @property
    def top(self) -> float:
        """Upper edge."""
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return max(word.bottom for word in self.words)

    @property
    def text(self) -> str:
        """The words with single spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def style(self) -> Style:
        """(size, bold, italic) of most of the characters; list marks do not count."""
        counts: Counter[Style] = Counter()
        for word in self.words[1:] if len(self.words) > 1 and is_mark(self.words[0].text) else self.words:
            counts[(round(word.size * 2) / 2, word.bold, word.italic)] += len(word.text)
        return counts.most_common(1)[0][0]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table on a page: the words of each cell as lines."""

    x0: float
    x1: float
    top: float
    bottom: float
    page: int
    cells: tuple[tuple[tuple[Line, ...], ...], ...]


def is_mark(text: str) -> bool:
    """Whether a word on its own opens a list item."""
    return bool(BULLET.match(text) or ORDINAL.match(text))


def lines_of(words: Sequence[Word], page: int, gap: float = 1.4) -> list[Line]:
    """Words → line pieces: on one height, and no further apart than `gap` times the letter size."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (round(w.bottom), w.x0)):
        for row in reversed(rows[-40:]):
            last = row[-1]
            overlap = min(word.bottom, last.bottom) - max(word.top, last.top)
            if overlap > 0.5 * min(
                word.bottom - word.top, last.bottom - last.top
            ) and -2 <= word.x0 - last.x1 <= gap * min(word.size, last.size):
                row.append(word)
                break
        else:
            rows.append([word])
    return _with_marks([Line(tuple(row), page) for row in rows])


def _with_marks(lines: list[Line]) -> list[Line]:
    """A list mark that stands apart from its words joins them again."""
    marks = [line for line in lines if len(line.words) == 1 and is_mark(line.text)]
    others = [line for line in lines if line not in marks]
    for mark in marks:
        right = [o for o in others if _same_row(o, mark) and 0 <= o.x0 - mark.x1 < 6 * mark.words[0].size]
        if right:
            nearest = min(right, key=lambda line: line.x0)
            others[others.index(nearest)] = Line(mark.words + nearest.words, mark.page)
        else:
            others.append(mark)
    return others


def _same_row(one: Box, other: Box) -> bool:
    return min(one.bottom, other.bottom) - max(one.top, other.top) > 0.4 * min(
        one.bottom - one.top, other.bottom - other.top
    )


def reading_order(boxes: Sequence[Box]) -> list[Box]:
    """Boxes of a page in the order one reads them: a column from top to bottom before the next one."""
    gutter = _gutter(boxes)
    if gutter is None:
        return _rows(boxes)
    ordered: list[Box] = []
    left: list[Box] = []
    right: list[Box] = []
    for box in sorted(boxes, key=lambda b: b.top):
        if box.x1 <= gutter:
            left.append(box)
        elif box.x0 >= gutter - 2:
            right.append(box)
        else:
            ordered += [*_side_by_side(left, right), box]
            left, right = [], []
    return [*ordered, *_side_by_side(left, right)]


def _side_by_side(left: list[Box], right: list[Box]) -> list[Box]:
    """The left column, the right one, and then a heading below both, which opens what comes next."""
    foot = max((box.bottom for box in right), default=0.0)
    below: list[Box] = []
    while right and len(left) > 1 and left[-1].top > foot and _is_larger(left[-1], left[-2]):
        below.insert(0, left.pop())
    return [*reading_order(left), *reading_order(right), *below]


def _is_larger(box: Box, before: Box) -> bool:
    return isinstance(box, Line) and isinstance(before, Line) and box.style[0] > 1.08 * before.style[0]


def _gutter(boxes: Sequence[Box]) -> float | None:
    """Where the right-hand column begins, or None when there is one column."""
    starts = Counter(round(box.x0) for box in boxes)
    best: tuple[int, float] | None = None
    for start, count in starts.items():
        if count < _COLUMN_LINES:
            continue
        left = [b for b in boxes if b.x1 <= start]
        right = [b for b in boxes if b.x0 >= start - 2]
        crossing = len(boxes) - len(left) - len(right)
        if (
            _are_columns(left, right, start)
            and crossing * 2 <= len(left) + len(right)
            and (best is None or crossing < best[0])
        ):
            best = (crossing, float(start))
    return best[1] if best else None


def _are_columns(left: Sequence[Box], right: Sequence[Box], start: float) -> bool:
    """Lines on both sides that mostly fill their column: labels with values, or marks with items, do not."""
    if min(_heights(left), _heights(right)) < _COLUMN_LINES:
        return False
    edge = max(box.x1 for box in left)
    shared = min(max(b.bottom for b in left), max(b.bottom for b in right)) - max(
        min(b.top for b in left), min(b.top for b in right)
    )
    height = min(max(b.bottom for b in side) - min(b.top for b in side) for side in (left, right))
    areas = [sum(b.x1 - b.x0 for b in side) for side in (left, right)]
    # Justified text falls apart in words: what counts is how far the pieces on one height reach together.
    reach = sum(b.x1 - b.x0 for b in left) / _heights(left)
    filled = reach / max(1.0, edge - min(b.x0 for b in left))
    return start - edge >= 5 and shared > 0.3 * height and min(areas) >= _COLUMN_SHARE * sum(areas) and filled >= 0.55


def _heights(boxes: Sequence[Box]) -> int:
    """On how many heights boxes stand."""
    return len({round(box.bottom / 3) for box in boxes})


def _rows(boxes: Sequence[Box]) -> list[Box]:
    """One column: from top to bottom; line pieces on one height become one line again."""
    ordered: list[Box] = []
    for box in sorted(boxes, key=lambda b: (round(b.bottom), b.x0)):
        last = ordered[-1] if ordered else None
        if isinstance(box, Line) and isinstance(last, Line) and _same_row(last, box):
            ordered[-1] = Line(tuple(sorted(last.words + box.words, key=lambda w: w.x0)), last.page)
        else:
            ordered.append(box)
    return ordered
