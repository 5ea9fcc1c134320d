"""PDF → blocks: pypdf opens it with limits, pdfplumber gives words, tables, links. In the child process only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pdfplumber
from pdfplumber.page import Page
from pypdf import PdfReader
from pypdf.errors import DependencyError, PdfReadError, PyPdfError

from assistant.convert.blocks import Converted, clean
from assistant.convert.flow import PageLines, blocks_of_pages
from assistant.convert.layout import Grid, Line, Word, lines_of, reading_order
from assistant.convert.ocr import scan_image, scan_pages
from assistant.errors import ConversionError

MAX_PAGES = 500
# A gap of this share of the letter size is a space: smaller than any space, larger than letters stand apart.
_SPACE = 0.15
# More lines and boxes than this is a drawing, in which looking for tables takes minutes and finds none.
_MAX_EDGES = 4_000


def read_pdf(path: Path, *, ocr: bool = True) -> Converted:
    """Read a PDF.

    Args:
        path: the file.
        ocr: read pages without text by OCR where it is installed.

    Raises:
        ConversionError: encrypted, broken, too many pages, or a scan that cannot be read here.
    """
    properties, count = _open(path)
    warnings: list[str] = []
    pages: list[PageLines] = []
    bare: list[int] = []
    with pdfplumber.open(str(path)) as pdf:
        for number, page in enumerate(pdf.pages, 1):
            words = _words(page)
            grids = _grids(page, words, number, warnings)
            outside = [word for word in words if not any(_inside(word, grid) for grid in grids)]
            pages.append(PageLines(float(page.height), lines_of(outside, number), grids))
            if not words:
                bare.append(number)
            page.close()
    scanned = scan_pages(path, bare, whole=len(bare) == count, wanted=ocr) if bare else {}
    for number in bare:
        if number not in scanned:
            warnings.append(f"Bladzijde {number} heeft geen tekst.")
            continue
        pages[number - 1] = PageLines(scanned[number].height, lines_of(scanned[number].words, number), [])
        warnings.append(scanned[number].said(f"Bladzijde {number}"))
    blocks = blocks_of_pages(pages)
    if not blocks:
        raise ConversionError("er staat geen tekst in.")
    return Converted(tuple(blocks), properties, tuple(warnings), count)


def read_image(path: Path) -> Converted:
    """Read one image, as a document of one page.

    Raises:
        ConversionError: OCR is not installed, fails, or finds no words.
    """
    scan = scan_image(path)
    blocks = blocks_of_pages([PageLines(scan.height, lines_of(scan.words, 1), [])])
    if not blocks:
        raise ConversionError("er staat geen tekst in.")
    return Converted(tuple(blocks), warnings=(scan.said("De afbeelding"),), pages=1)


def _open(path: Path) -> tuple[dict[str, str], int]:
    """Properties and number of pages; pypdf's own limits stop a bomb in a content stream before pdfplumber meets it."""
    try:
        reader = PdfReader(str(path))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ConversionError("is met een wachtwoord beveiligd. Sla het op zonder wachtwoord.")
        count = len(reader.pages)
        if count > MAX_PAGES:
            raise ConversionError(
                f"heeft {count} bladzijden; meer dan {MAX_PAGES} wordt niet in één keer gelezen. Splits het document."
            )
        if count == 0:
            raise ConversionError("heeft geen bladzijden.")
        for page in reader.pages:
            content = page.get_contents()
            if content is not None:
                content.get_data()
        information: Mapping[str, object] = reader.metadata or {}
        found = {
            name: information.get(key)
            for name, key in (("title", "/Title"), ("author", "/Author"), ("subject", "/Subject"))
        }
        language = reader.root_object.get("/Lang")
    except DependencyError as error:
        raise ConversionError(
            "is met een wachtwoord of een onbekende methode beveiligd. Sla het op zonder beveiliging."
        ) from error
    except (PdfReadError, PyPdfError, ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise ConversionError(
            f"is een beschadigde PDF ({type(error).__name__}). Haal het document opnieuw op of sla het opnieuw op."
        ) from error
    found["language"] = language
    return {name: clean(str(value)) for name, value in found.items() if value and clean(str(value))}, count


def _words(page: Page) -> list[Word]:
    links = [(a["x0"], a["x1"], a["top"], a["bottom"], str(a["uri"])) for a in page.hyperlinks[:2000] if a.get("uri")]
    words: list[Word] = []
    for raw in page.extract_words(x_tolerance_ratio=_SPACE, extra_attrs=["size", "fontname", "upright"]):
        text = clean(raw["text"])
        # Upright text only: watermarks and margin notes run the other way.
        if text and raw["upright"]:
            x, y = (raw["x0"] + raw["x1"]) / 2, (raw["top"] + raw["bottom"]) / 2
            target = next(
                (uri for x0, x1, top, bottom, uri in links if x0 - 1 <= x <= x1 + 1 and top - 1 <= y <= bottom + 1), ""
            )
            bold = any(mark in raw["fontname"].lower() for mark in ("bold", "black", "heavy", "semibold", "demi"))
            italic = any(mark in raw["fontname"].lower() for mark in ("italic", "oblique"))
            place = (raw["x0"], raw["x1"], raw["top"], raw["bottom"])
            words.append(Word(text, *place, raw["size"], bold, target, italic))
    return words + _drawn_marks(page, words)


def _drawn_marks(page: Page, words: Sequence[Word]) -> list[Word]:
    """List marks that are drawn, as browsers do: a small dot or square straight before a word on the same height."""
    marks: list[Word] = []
    for shape in [*page.curves, *page.rects][:_MAX_EDGES]:
        x0, x1, top, bottom = shape["x0"], shape["x1"], shape["top"], shape["bottom"]
        if not (1.5 <= x1 - x0 <= 7 and 1.5 <= bottom - top <= 7 and abs((x1 - x0) - (bottom - top)) < 1):
            continue
        row = [w for w in words if w.top <= (top + bottom) / 2 <= w.bottom]
        after = [w for w in row if 0 < w.x0 - x1 <= 2 * w.size]
        if after and not any(x0 - w.size < w.x1 <= x1 for w in row):
            marks.append(Word("•", x0, x1, after[0].top, after[0].bottom, after[0].size))
    return marks


def _grids(page: Page, words: Sequence[Word], number: int, warnings: list[str]) -> list[Grid]:
    """The ruled tables of a page. A box around text is no table."""
    if len(page.edges) > _MAX_EDGES:
        warnings.append(f"Bladzijde {number} is een tekening met veel lijnen; daarin zijn geen tabellen gezocht.")
        return []
    grids: list[Grid] = []
    for table in page.find_tables():
        rows = [row.cells for row in table.rows]
        width = max((len(row) for row in rows), default=0)
        if width < 2 or not any(words_in for words_in in (_within(words, table.bbox),)):
            continue
        missing = sum(cell is None for row in rows for cell in row)
        if missing > 0.3 * width * len(rows):
            warnings.append(f"Tabel niet begrepen op bladzijde {number}: veel samengevoegde cellen; kijk haar na.")
        cells = tuple(tuple(tuple(_cell(words, box, number)) if box else () for box in row) for row in rows)
        x0, top, x1, bottom = table.bbox
        grids.append(Grid(x0, x1, top, bottom, number, cells))
    return grids


def _within(words: Sequence[Word], box: tuple[float, float, float, float]) -> list[Word]:
    x0, top, x1, bottom = box
    return [w for w in words if x0 <= (w.x0 + w.x1) / 2 <= x1 and top <= (w.top + w.bottom) / 2 <= bottom]


def _cell(words: Sequence[Word], box: tuple[float, float, float, float], number: int) -> list[Line]:
    return [box for box in reading_order(lines_of(_within(words, box), number, gap=6)) if isinstance(box, Line)]


def _inside(word: Word, grid: Grid) -> bool:
    return grid.x0 <= (word.x0 + word.x1) / 2 <= grid.x1 and grid.top <= (word.top + word.bottom) / 2 <= grid.bottom
