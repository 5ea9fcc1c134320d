"""Tables → headings and lists where rows or columns are actors, domains or aspects; else Markdown tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant.convert.blocks import Block, text_of
from assistant.text import plain
from assistant.vocabulary import Vocabulary

Cell = tuple[Block, ...]
# A row or column of heads counts as one when this share of its filled cells is in the vocabulary.
_SHARE = 0.6
_ACTOR, _DOMAIN, _ASPECT, _OTHER = range(4)
_LONGEST_HEAD = 120


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
    rows = _padded(table.rows)
    if not rows:
        return []
    columns = _head_row(rows[0], vocabulary)
    side = _has_side(rows[1:] if columns else rows, vocabulary)
    known = any(_recognised(head) for head in columns.values()) or any(_banner(row, vocabulary) for row in rows)
    if not side and not known:
        return None
    root = _Node()
    banner: tuple[_Head, ...] = ()
    for row in rows[1:] if columns else rows:
        if found := _banner(row, vocabulary):
            banner = (*(head for head in banner if head.rank < found.rank), found)
        elif again := _again(row, vocabulary):
            columns = again
        else:
            _place(root, row, columns, banner, side, vocabulary)
    return list(_emit(root, level + 1, _ranks(root), table.page))


def _padded(rows: Sequence[Sequence[Cell]]) -> list[tuple[Cell, ...]]:
    """Rows of one length, without rows and columns in which nothing stands."""
    width = max((len(row) for row in rows), default=0)
    full = [tuple(row) + ((),) * (width - len(row)) for row in rows if any(text_of(cell).strip() for cell in row)]
    used = [column for column in range(width) if any(text_of(row[column]).strip() for row in full)]
    return [tuple(row[column] for column in used) for row in full]


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
    side: bool,
    vocabulary: Vocabulary,
) -> None:
    """Put the cells of a row where their heads say."""
    own = _head(row[0], vocabulary) if side else None
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
            made += [Block("item", line) for line in text_of([block]).splitlines() if line.strip()]
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
    return {rank: depth for depth, rank in enumerate(sorted(found))}


def _emit(node: _Node, level: int, ranks: dict[int, int], page: int | None) -> Iterator[Block]:
    for block in node.content:
        yield dataclasses.replace(block, page=block.page or page)
    for head, child in node.children.items():
        yield Block("heading", head.text, min(6, level + ranks[head.rank]), page=page)
        yield from _emit(child, level, ranks, page)


def grid(table: Block) -> tuple[list[str], str]:
    """A table as the lines of a Markdown table, and a warning when its shape could not be kept."""
    rows = _padded(table.rows)
    if not rows:
        return [], ""
    if len(rows[0]) == 1:
        return [], ""
    where = f" op bladzijde {table.page}" if table.page else ""
    nested = any(block.kind == "table" for row in rows for cell in row for block in cell)
    listed = any(len(cell) > 1 for row in rows for cell in row)
    warning = (
        f"Tabel{where}: een tabel in een cel is plat gemaakt; kijk haar na."
        if nested
        else f"Tabel{where}: cellen met meer regels zijn tot één regel gemaakt; kijk haar na."
        if listed
        else ""
    )
    lines = [
        "| " + " | ".join(" ".join(text_of(cell).split()).replace("|", "\\|") for cell in row) + " |" for row in rows
    ]
    return [lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]], warning


def joined(blocks: Sequence[Block]) -> list[Block]:
    """Tables that run on over the end of a page become one; a repeated head row is dropped, a broken row is mended."""
    done: list[Block] = []
    for block in blocks:
        last = done[-1] if done else None
        if block.kind != "table" or last is None or last.kind != "table" or not _runs_on(last, block):
            done.append(block)
            continue
        rows = list(block.rows)
        if rows and [text_of(c) for c in rows[0]] == [text_of(c) for c in last.rows[0]]:
            rows.pop(0)
        before = list(last.rows)
        if (
            rows
            and len(rows[0]) > 1
            and not text_of(rows[0][0]).strip()
            and text_of(before[-1][0]).strip()
            and len(before) > 1
        ):
            before[-1] = tuple(_mended(one, other) for one, other in zip(before[-1], rows.pop(0), strict=True))
        done[-1] = dataclasses.replace(last, rows=(*before, *rows))
    return done


def _runs_on(last: Block, block: Block) -> bool:
    return bool(
        last.page
        and block.page
        and block.page - last.page >= 1
        and last.rows
        and block.rows
        and len(last.rows[0]) == len(block.rows[0])
    )


def _mended(one: Cell, other: Cell) -> Cell:
    """A cell that was cut by the page end; a sentence that plainly goes on is one block again."""
    if one and other and other[0].kind == "paragraph" and one[-1].text and one[-1].text[-1] not in ".;:!?":
        return (*one[:-1], dataclasses.replace(one[-1], text=f"{one[-1].text} {other[0].text}"), *other[1:])
    return one + other
