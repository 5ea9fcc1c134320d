"""DOCX → blocks: headings, lists with their depth, nested tables, links. Runs in the child process only."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import docx
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from assistant.convert.blocks import Block, Converted, clean, link, merge_links
from assistant.errors import ConversionError

# What python-docx and lxml hand out has no types of its own.
Element: TypeAlias = Any
_HEADING = re.compile(r"(?:heading|kop|überschrift|titre)\s*(\d)\Z", re.IGNORECASE)
_TITLE = re.compile(r"(?:title|titel)\Z", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|inhopg)\s*\d|toc heading|kop inhoudsopgave", re.IGNORECASE)
_LIST = re.compile(
    r"(?:list|lijst)\s*(?:(bullet|opsom\.teken|paragraph|alinea)|(number|nummering))?\s*(\d)?\Z", re.IGNORECASE
)
_DOCTYPE = re.compile(rb"<\s*!\s*DOCTYPE|<\s*!\s*ENTITY", re.IGNORECASE)
# Text in these is not part of the running text: deleted, moved away, or shown in a box beside it.
_SKIPPED = {
    qn("w:del"),
    qn("w:moveFrom"),
    qn("w:txbxContent"),
    qn("w:rPr"),
    qn("w:pPr"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}


@dataclass
class _Reader:
    """What is known while walking one document."""

    document: Element
    warnings: list[str] = field(default_factory=list)
    title_seen: bool = False


def read_docx(path: Path) -> Converted:
    """Read a DOCX.

    Raises:
        ConversionError: a part declares entities, or the file holds no text at all.
    """
    _refuse_entities(path)
    document = docx.Document(str(path))
    reader = _Reader(document)
    blocks = tuple(_container(reader, document.element.body, document))
    if not blocks:
        raise ConversionError(
            "er staat geen tekst in. Staat de tekst in een afbeelding of tekstvak, zet haar dan in het document zelf."
        )
    return Converted(
        blocks, _properties(path, document), tuple(dict.fromkeys(reader.warnings + _left_out(path, document)))
    )


def _refuse_entities(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if entry.filename.endswith((".xml", ".rels")):
                data = archive.read(entry)
                if _DOCTYPE.search(data) or (
                    data[:2] in (b"\xff\xfe", b"\xfe\xff") and _DOCTYPE.search(data.replace(b"\x00", b""))
                ):
                    raise ConversionError(
                        "bevat een DOCTYPE of ENTITY, die Word nooit schrijft en die andere bestanden kan "
                        "inlezen. Het is niet geopend."
                    )


def _container(reader: _Reader, element: Element, parent: Element) -> Iterator[Block]:
    """The blocks of a body or cell, content controls opened."""
    for child in element:
        if child.tag == qn("w:p"):
            block = _paragraph(reader, Paragraph(child, parent))
            if block is not None:
                yield block
        elif child.tag == qn("w:tbl"):
            yield _table(reader, Table(child, parent))
        elif child.tag == qn("w:sdt"):
            for content in child.findall(qn("w:sdtContent")):
                yield from _container(reader, content, parent)


def _paragraph(reader: _Reader, paragraph: Paragraph) -> Block | None:
    text = merge_links(clean(_text(paragraph._p, paragraph.part.rels)))
    style = paragraph.style.name or "" if paragraph.style is not None else ""
    if not text or _CONTENTS.match(style):
        return None
    level = _heading_level(paragraph, style)
    if level:
        if level == 1 and _TITLE.match(style):
            reader.title_seen = True
        return Block("heading", text, min(6, level + (1 if reader.title_seen and not _TITLE.match(style) else 0)))
    depth, ordered = _list_place(reader, paragraph, style)
    return Block("paragraph", text) if depth is None else Block("item", text, depth, ordered)


def _text(element: Element, relations: Element) -> str:
    """The words below an element, links as Markdown, deletions left out."""
    parts: list[str] = []
    for child in element:
        tag = child.tag
        if tag in _SKIPPED:
            continue
        if tag == qn("w:t"):
            parts.append(child.text or "")
        elif tag in {qn("w:tab"), qn("w:br"), qn("w:cr")}:
            parts.append(" ")
        elif tag == qn("w:noBreakHyphen"):
            parts.append("-")
        elif tag == qn("w:hyperlink"):
            target = relations.get(child.get(qn("r:id")) or "")
            inner = _text(child, relations)
            # Only the address as written: the target is never opened.
            parts.append(link(inner, target.target_ref) if target is not None and target.is_external else inner)
        elif isinstance(tag, str):
            parts.append(_text(child, relations))
    return "".join(parts)


def _heading_level(paragraph: Paragraph, style: str) -> int | None:
    if match := _HEADING.match(style):
        return int(match.group(1))
    if _TITLE.match(style):
        return 1
    for properties in (paragraph._p.pPr, *(s.element.pPr for s in _styles(paragraph.style))):
        outline = properties.find(qn("w:outlineLvl")) if properties is not None else None
        if outline is not None and int(outline.get(qn("w:val"))) < 6:
            return int(outline.get(qn("w:val"))) + 1
    return None


def _styles(style: Element) -> Iterator[Element]:
    """A style and those it is based on; a chain that bites its tail ends."""
    for _ in range(10):
        if style is None:
            return
        yield style
        style = style.base_style


def _list_place(reader: _Reader, paragraph: Paragraph, style: str) -> tuple[int | None, bool]:
    """(depth, ordered) of a list item; depth None when the paragraph is none."""
    named = _LIST.match(style)
    for properties in (paragraph._p.pPr, *(s.element.pPr for s in _styles(paragraph.style))):
        numbering = properties.find(qn("w:numPr")) if properties is not None else None
        number = numbering.find(qn("w:numId")) if numbering is not None else None
        if number is None:
            continue
        if number.get(qn("w:val")) == "0":
            return None, False
        level = numbering.find(qn("w:ilvl")) if numbering is not None else None
        depth = int(level.get(qn("w:val"))) if level is not None else 0
        if depth == 0 and named and named.group(3):
            depth = int(named.group(3)) - 1
        return min(depth, 8), _ordered(reader, number.get(qn("w:val")), depth)
    if named and (named.group(1) or named.group(2)):
        return int(named.group(3) or 1) - 1, bool(named.group(2))
    return None, False


def _ordered(reader: _Reader, number: str, depth: int) -> bool:
    """Whether numbering `number` counts at this depth; bullets and unknown numberings do not."""
    try:
        root = reader.document.part.numbering_part.element
    except (KeyError, NotImplementedError):
        return False
    for num in root.findall(qn("w:num")):
        if num.get(qn("w:numId")) != number:
            continue
        abstract = num.find(qn("w:abstractNumId")).get(qn("w:val"))
        for definition in root.findall(qn("w:abstractNum")):
            if definition.get(qn("w:abstractNumId")) == abstract:
                for level in definition.findall(qn("w:lvl")):
                    form = level.find(qn("w:numFmt"))
                    if level.get(qn("w:ilvl")) == str(depth) and form is not None:
                        return form.get(qn("w:val")) not in {"bullet", "none"}
    return False


def _table(reader: _Reader, table: Table) -> Block:
    """A table; a merged cell counts once, in the first place that it covers across, and repeats nothing downward."""
    rows: list[tuple[tuple[Block, ...], ...]] = []
    for row in table._tbl.tr_lst:
        cells: list[tuple[Block, ...]] = []
        for cell in row.tc_lst:
            span = cell.grid_span or 1
            goes_on = cell.vMerge == "continue"
            content = () if goes_on else tuple(_container(reader, cell, table))
            cells += [content] + [()] * (span - 1)
        rows.append(tuple(cells))
    return Block("table", rows=tuple(rows))


def _properties(path: Path, document: Element) -> dict[str, str]:
    core = document.core_properties
    found = {"title": core.title, "subject": core.subject, "author": core.author, "language": core.language}
    with zipfile.ZipFile(path) as archive:
        if "docProps/app.xml" in archive.namelist():
            company = re.search(rb"<Company>([^<]{1,200})</Company>", archive.read("docProps/app.xml"))
            found["company"] = company.group(1).decode("utf-8", "replace") if company else ""
    return {name: clean(value) for name, value in found.items() if value and clean(value)}


def _left_out(path: Path, document: Element) -> list[str]:
    """What Word holds that the Markdown does not."""
    body, warnings = document.element.body, []
    with zipfile.ZipFile(path) as archive:
        for part, what in (
            ("word/footnotes.xml", "voetnoten"),
            ("word/endnotes.xml", "eindnoten"),
            ("word/comments.xml", "opmerkingen"),
        ):
            if part in archive.namelist() and re.search(rb"<w:t[ >]", archive.read(part)):
                warnings.append(f"De {what} zijn niet overgenomen.")
    if next(body.iter(qn("w:txbxContent")), None) is not None:
        warnings.append("Tekst in tekstvakken is niet overgenomen.")
    if next(body.iter(qn("w:ins"), qn("w:del")), None) is not None:
        warnings.append("Er staan wijzigingen in die nog niet zijn aanvaard; gelezen is de tekst met die wijzigingen.")
    if images := len(list(body.iter(qn("w:drawing")))):
        warnings.append(f"{images} afbeelding(en) zijn niet overgenomen.")
    return warnings
