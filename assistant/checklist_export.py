"""A ticked checklist → a Word file or a PDF, for a visitation."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Mapping
from html import escape
from itertools import groupby

import docx
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from assistant.checklist import Checklist, Line, Part
from assistant.pdf_font import pdf_font

_DONE, _OPEN = "\u2611", "\u2610"
_FONT = pdf_font()
_BODY = ParagraphStyle("body", fontName=_FONT.regular, fontSize=9.5, leading=14)
_SMALL = ParagraphStyle("small", parent=_BODY, fontSize=8, leading=12, textColor=colors.HexColor("#51606a"))
_TITLE = ParagraphStyle("title", parent=_BODY, fontName=_FONT.bold, fontSize=17, leading=22, spaceAfter=4)
_BOLD = ParagraphStyle("bold", parent=_BODY, fontName=_FONT.bold, keepWithNext=1)
_DOMAIN = ParagraphStyle("domain", parent=_BOLD, fontSize=13, leading=17, spaceBefore=12)
_HEADING = ParagraphStyle("heading", parent=_BOLD, spaceBefore=6, spaceAfter=2)
_SIDE, _TOP = 20 * mm, 18 * mm
# ZapfDingbats: a check mark and an empty box, in every PDF reader without a font of our own.
_SIGN = {True: '<font name="ZapfDingbats">\u2714</font>', False: '<font name="ZapfDingbats">\u274f</font>'}


def to_docx(checklist: Checklist, say: Mapping[str, str], made_on: str) -> bytes:
    """A Word file of the list.

    Args:
        checklist: what to write.
        say: the words 'ticked', 'unticked', 'progress' and 'made_on' in the reader's language.
        made_on: the date to state.
    """
    document = docx.Document()
    # Word holds titles of at most 255 characters.
    document.core_properties.title = _clean(f"{checklist.actor}: {checklist.title}")[:255]
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.add_heading(_clean(f"{checklist.actor}: {checklist.title}"), level=0)
    for line in _opening(checklist, say, made_on):
        document.add_paragraph(line)
    for note in checklist.notes:
        document.add_paragraph(_clean(note), style="Intense Quote")
    for domain, parts in groupby(checklist.parts, key=lambda part: part.domain):
        document.add_heading(_clean(domain), level=1)
        for part in parts:
            document.add_heading(_clean(part.heading), level=2)
            for row in part.lines:
                sign, word = (_DONE, say["ticked"]) if row.ticked else (_OPEN, say["unticked"])
                document.add_paragraph(f"{sign} {_clean(row.text)} ({word})")
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def to_pdf(checklist: Checklist, say: Mapping[str, str], made_on: str) -> bytes:
    """A PDF of the list; see `to_docx`. Signs that its font lacks lose their accents or become '?'."""
    story: list[Flowable] = [Paragraph(_safe(f"{checklist.actor}: {checklist.title}"), _TITLE)]
    story += [Paragraph(_safe(line), _SMALL) for line in _opening(checklist, say, made_on)]
    for note in checklist.notes:
        story += [Spacer(0, 4), Paragraph(_safe(note), _BODY)]
    for domain, parts in groupby(checklist.parts, key=lambda part: part.domain):
        story.append(Paragraph(_safe(domain), _DOMAIN))
        for part in parts:
            story += [Paragraph(_safe(part.heading), _HEADING), _rows(part, say)]
    written = io.BytesIO()
    title = _safe(f"{checklist.actor}: {checklist.title}")
    template = SimpleDocTemplate(
        written,
        pagesize=A4,
        title=title,
        author="",
        leftMargin=_SIDE,
        rightMargin=_SIDE,
        topMargin=_TOP,
        bottomMargin=_TOP,
    )
    template.build(story, onFirstPage=_number, onLaterPages=_number)
    return written.getvalue()


def _rows(part: Part, say: Mapping[str, str]) -> Table:
    rows = [_row(line, say) for line in part.lines]
    # A row may go on over the page, for a text that is longer than one.
    table = Table(rows, colWidths=[8 * mm, 142 * mm, 20 * mm], splitInRow=1)
    line = ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.HexColor("#d8dfe1"))
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), line]))
    return table


def _row(line: Line, say: Mapping[str, str]) -> list[Paragraph]:
    word = say["ticked"] if line.ticked else say["unticked"]
    return [Paragraph(_SIGN[line.ticked], _BODY), Paragraph(_safe(line.text), _BODY), Paragraph(_safe(word), _SMALL)]


def _opening(checklist: Checklist, say: Mapping[str, str], made_on: str) -> list[str]:
    progress = say["progress"].format(n=checklist.ticked, all=checklist.size)
    return [_clean(f"{progress}. {say['made_on'].format(date=made_on)}."), _clean(f"{checklist.source}.")]


def _number(canvas: Canvas, template: SimpleDocTemplate) -> None:
    canvas.setFont(_FONT.regular, 8)
    canvas.drawRightString(A4[0] - _SIDE, 10 * mm, str(canvas.getPageNumber()))


def _clean(text: str) -> str:
    """Text without what XML cannot hold: control characters, halves of a surrogate pair."""
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs", "Cn"})


def _safe(text: str) -> str:
    """Text for a PDF paragraph: no markup of its own, only signs that its font has."""
    return escape(_FONT.drawable(_clean(text))).replace("\n", "<br/>")
