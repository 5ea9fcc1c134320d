"""Tables whose rows or columns are actors, domains or aspects → headings and lists."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant.convert.blocks import Block, text_of
from assistant.convert.tables import Cell, padded, row_lines
from assistant.text import plain
from assistant.vocabulary import Vocabulary

# A row or column of heads counts as one when this share of its filled cells is in the vocabulary.
_SHARE = 0.6
_ACTOR, _DOMAIN, _ASPECT, _OTHER = range(4)
_LONGEST_HEAD = 120
# What names a row is short: longer, and it is text of its own.
_LABEL_WORDS = 4


@dataclass(frozen=True, slots=True)
class _Head:
    """A cell that names what stands under or beside it; `rank` is how high it comes in the headings."""

    text: str
    rank: int


@dataclass
class _Node:
    """A heading with what stands below it, in order of first appearance."""

    children: dict[_Head, _Node] = field(default_factory=dict)
    content: list[Block] = field(default_factory=list)


def unfold(table: Block, vocabulary: Vocabulary, level: int) -> list[Block] | None:
    """Turn a table by actor, domain or aspect into headings and lists.

    Args:
        table: a table block.
        vocabulary: knows actors, domains and aspects; an empty one recognises nothing.
        level: of the heading that the table stands under; the outermost new heading is one deeper.

    Returns:
        Blocks in which every word of the table stands, or None when the vocabulary does not recognise the table.
    """
    rows = padded(table.rows)
    if not rows:
        return []
    columns = _head_row(rows[0], vocabulary)
    below = rows[1:] if columns else rows
    labels = _has_labels(below)
    named = [head for column, head in columns.items() if not (labels and column == 0)]
    known = any(map(_recognised, named)) or any(_banner(row, vocabulary) for row in rows)
    side = labels or _has_side(below, vocabulary)
    if not known and not _has_side(below, vocabulary):
        return None
    root = _Node()
    banner: tuple[_Head, ...] = ()
    columns = _alike(columns, side)
    beside = _side_rank(below, vocabulary)
    for row in below:
        if found := _banner(row, vocabulary):
            banner = (*(head for head in banner if head.rank < found.rank), found)
        elif again := _again(row, vocabulary):
            columns = again
        else:
            own = _head(row[0], vocabulary) if side else None
            if own and own.rank == _OTHER:
                own = dataclasses.replace(own, rank=beside)
            _place(root, row, columns, banner, own)
    return list(_emit(root, level, _ranks(root), table.page))


def _head(cell: Cell, vocabulary: Vocabulary) -> _Head | None:
    """A short cell as a head; rank _OTHER when the vocabulary does not know it."""
    text = plain(" ".join(text_of(cell).split()))
    if not text or len(text) > _LONGEST_HEAD or any(block.kind == "table" for block in cell):
        return None
    actor, domain, aspect = vocabulary.heading(text)
    return _Head(text, _ASPECT if aspect else _DOMAIN if domain else _ACTOR if actor else _OTHER)


def _recognised(head: _Head | None) -> bool:
    return head is not None and head.rank != _OTHER


def _head_row(row: Sequence[Cell], vocabulary: Vocabulary) -> dict[int, _Head]:
    """The heads of the columns, when the first row is a row of short cells that are not list items."""
    heads = {column: _head(cell, vocabulary) for column, cell in enumerate(row) if text_of(cell).strip()}
    if len(heads) < 2 and len(row) > 1 and not (len(row) == 2 and not text_of(row[0]).strip()):
        return {}
    if any(head is None for head in heads.values()) or any(block.kind == "item" for cell in row for block in cell):
        return {}
    return {column: head for column, head in heads.items() if head is not None}


def _again(row: Sequence[Cell], vocabulary: Vocabulary) -> dict[int, _Head]:
    """The heads of a row further down in which every filled cell is known: the columns are named anew."""
    heads = _head_row(row, vocabulary)
    return heads if len(heads) > 1 and all(_recognised(head) for head in heads.values()) else {}


def _has_side(rows: Sequence[Sequence[Cell]], vocabulary: Vocabulary) -> bool:
    """Whether the first column holds heads."""
    if not rows or len(rows[0]) < 2:
        return False
    filled = [
        _head(row[0], vocabulary)
        for row in rows
        if text_of(row[0]).strip() and any(text_of(cell).strip() for cell in row[1:])
    ]
    return bool(filled) and sum(_recognised(head) for head in filled) >= _SHARE * len(filled)


def _has_labels(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether the first column holds a few words of its own for each row: what stands beside them belongs to them."""
    labels = [" ".join(text_of(row[0]).split()) for row in rows]
    plain_words = all(len(row[0]) == 1 and row[0][0].kind == "paragraph" for row in rows)
    short = all(0 < len(label.split()) <= _LABEL_WORDS and label[-1] not in ".;,:" for label in labels)
    return len(rows) > 1 and plain_words and short and len(set(labels)) == len(labels)


def _alike(columns: dict[int, _Head], side: bool) -> dict[int, _Head]:
    """Heads of one row stand side by side: one that the vocabulary does not know gets the rank of those it knows."""
    ranks = Counter(head.rank for column, head in columns.items() if _recognised(head) and not (side and column == 0))
    if not ranks:
        return columns
    usual = ranks.most_common(1)[0][0]
    return {c: h if _recognised(h) else dataclasses.replace(h, rank=usual) for c, h in columns.items()}


def _side_rank(rows: Sequence[Sequence[Cell]], vocabulary: Vocabulary) -> int:
    """The rank of the heads in the first column, also of one that the vocabulary does not know."""
    ranks = Counter(head.rank for row in rows if (head := _head(row[0], vocabulary)) and _recognised(head))
    return ranks.most_common(1)[0][0] if ranks else _OTHER


def _banner(row: Sequence[Cell], vocabulary: Vocabulary) -> _Head | None:
    """A row with one filled cell across the table that the vocabulary knows."""
    filled = [cell for cell in row if text_of(cell).strip()]
    if len(filled) != 1 or len(row) < 2 or any(block.kind == "item" for block in filled[0]):
        return None
    head = _head(filled[0], vocabulary)
    return head if _recognised(head) else None


def _place(
    root: _Node,
    row: Sequence[Cell],
    columns: dict[int, _Head],
    banner: tuple[_Head, ...],
    own: _Head | None,
) -> None:
    """Put the cells of a row where their heads say; `own` is the head of the row itself, in its first cell."""
    for column, cell in enumerate(row):
        if (own is not None and column == 0) or not text_of(cell).strip():
            continue
        heads = [*banner, *([own] if own else []), *([columns[column]] if column in columns else [])]
        node = root
        for head in sorted(heads, key=lambda h: h.rank):
            node = node.children.setdefault(head, _Node())
        node.content += _items(cell)


def _items(cell: Cell) -> list[Block]:
    """What stands in a cell, as list items; paragraphs before a list introduce it and stay paragraphs."""
    has_items = any(block.kind == "item" for block in cell)
    made: list[Block] = []
    for block in cell:
        if block.kind == "table":
            made += [Block("item", line, page=block.page) for line in row_lines(block)]
        elif block.kind in {"paragraph", "heading"}:
            made.append(dataclasses.replace(block, kind="paragraph" if has_items else "item", level=0))
        else:
            made.append(block)
    return made


def _ranks(root: _Node) -> dict[int, int]:
    """Heading depth of each rank that occurs: one rank, one level."""
    found: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        found |= {head.rank for head in node.children}
        waiting += node.children.values()
    return {rank: depth for depth, rank in enumerate(sorted(found), 1)}


def _emit(node: _Node, level: int, ranks: dict[int, int], page: int | None, above: int = 0) -> Iterator[Block]:
    """`level` is that of the heading above the table, `above` how deep this node lies below it."""
    for block in node.content:
        yield dataclasses.replace(block, page=block.page or page)
    for head, child in node.children.items():
        depth = max(above + 1, ranks[head.rank])
        yield Block("heading", head.text, min(6, level + depth), page=page)
        yield from _emit(child, level, ranks, page, depth)
