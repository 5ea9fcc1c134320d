"""Tables as rows of cells: mended over the end of a page, and written as Markdown tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from assistant.convert.blocks import Block, text_of

Cell = tuple[Block, ...]


def padded(rows: Sequence[Sequence[Cell]]) -> list[tuple[Cell, ...]]:
    """Rows of one length, without rows and columns in which nothing stands."""
    width = max((len(row) for row in rows), default=0)
    full = [tuple(row) + ((),) * (width - len(row)) for row in rows if any(text_of(cell).strip() for cell in row)]
    used = [column for column in range(width) if any(text_of(row[column]).strip() for row in full)]
    return [tuple(row[column] for column in used) for row in full]


def row_lines(table: Block) -> list[str]:
    """A table in a cell as a line for each row."""
    rows = [[" ".join(text_of(cell).split()) for cell in row] for row in table.rows]
    return [" – ".join(filter(None, row)) for row in rows if any(row)]


def _flat(cell: Cell) -> str:
    """A cell on one line."""
    pieces = ["; ".join(row_lines(block)) if block.kind == "table" else block.text for block in cell]
    return " ".join(" ".join(pieces).split())


def flattened(table: Block) -> str:
    """A warning when a cell of a table holds a table, which becomes lines; else nothing."""
    nested = any(block.kind == "table" for row in table.rows for cell in row for block in cell)
    where = f" op bladzijde {table.page}" if table.page else ""
    return f"Tabel{where}: een tabel in een cel is plat gemaakt; kijk haar na." if nested else ""


def grid(table: Block) -> tuple[list[str], str]:
    """A table as the lines of a Markdown table, and a warning when its shape could not be kept."""
    rows = padded(table.rows)
    if not rows:
        return [], ""
    if len(rows[0]) == 1:
        return [], ""
    where = f" op bladzijde {table.page}" if table.page else ""
    listed = any(len(cell) > 1 for row in rows for cell in row)
    warning = flattened(table)
    if listed and not warning:
        warning = f"Tabel{where}: cellen met meer regels zijn tot één regel gemaakt; kijk haar na."
    lines = ["| " + " | ".join(_flat(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
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
        if rows and len(rows[0]) > 1 and len(before) > 1 and _cut(before[-1], rows[0]):
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


def _cut(above: Sequence[Cell], below: Sequence[Cell]) -> bool:
    """Whether a row was cut by the page end: its name is missing below, or a sentence in one of its cells goes on."""
    unnamed = not text_of(below[0]).strip() and bool(text_of(above[0]).strip())
    return unnamed or any(
        one
        and other
        and other[0].kind == "paragraph"
        and other[0].text[:1].islower()
        and one[-1].text
        and one[-1].text[-1] not in ".;:!?"
        for one, other in zip(above, below, strict=True)
    )


def _mended(one: Cell, other: Cell) -> Cell:
    """A cell that was cut by the page end; a sentence that plainly goes on is one block again."""
    if one and other and other[0].kind == "paragraph" and one[-1].text and one[-1].text[-1] not in ".;:!?":
        return (*one[:-1], dataclasses.replace(one[-1], text=f"{one[-1].text} {other[0].text}"), *other[1:])
    return one + other
