"""Documents that the conversion tests make for themselves: Markdown printed to DOCX and PDF, and odd files."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import ListFlowable, ListItem, Paragraph, SimpleDocTemplate, Table, TableStyle

ROOT = Path(__file__).resolve().parents[1]
KADER = ROOT / "corpus/kwaliteitskader-cluster-2.md"
LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")


def body_of(path: Path) -> str:
    """The Markdown below the front matter."""
    return path.read_text(encoding="utf-8").split("---\n", 2)[2]


def blocks_of_markdown(markdown: str) -> Iterator[tuple[str, int, str]]:
    """(kind, level, text) of the simple Markdown of our corpus: headings, '- ' items, paragraphs."""
    for line in markdown.splitlines():
        if match := re.match(r"(#+) (.*)", line):
            yield "heading", len(match.group(1)), match.group(2)
        elif match := re.match(r"( *)- (.*)", line):
            yield "item", len(match.group(1)) // 2, match.group(2)
        elif line.strip():
            yield "paragraph", 0, line


def add_words(paragraph, text: str) -> None:
    """Write text into a DOCX paragraph, its Markdown links as Word links."""
    at = 0
    for match in LINK.finditer(text):
        paragraph.add_run(text[at : match.start()])
        hyperlink = OxmlElement("w:hyperlink")
        hyperlink.set(
            qn("r:id"), paragraph.part.relate_to(match.group(2), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        )
        run = OxmlElement("w:r")
        words = OxmlElement("w:t")
        words.text = match.group(1)
        run.append(words)
        hyperlink.append(run)
        paragraph._p.append(hyperlink)
        at = match.end()
    paragraph.add_run(text[at:])


def print_docx(markdown: str, path: Path) -> Path:
    """Markdown as a Word document with Word's own heading and list styles."""
    document = docx.Document()
    for kind, level, text in blocks_of_markdown(markdown):
        style = {
            "heading": f"Heading {level}",
            "item": "List Bullet" if level == 0 else f"List Bullet {level + 1}",
        }.get(kind)
        add_words(document.add_paragraph(style=style), text)
    document.save(str(path))
    return path


def _xml(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return LINK.sub(r'<link href="\2" color="blue">\1</link>', escaped)


def print_pdf(markdown: str, path: Path, **options) -> Path:
    """Markdown as a PDF with a header and page numbers, in reportlab's standard styles."""
    styles = getSampleStyleSheet()
    story: list = []
    items: list = []
    for kind, level, text in [*blocks_of_markdown(markdown), ("end", 0, "")]:
        if kind == "item":
            items.append(ListItem(Paragraph(_xml(text), styles["BodyText"])))
            continue
        if items:
            story.append(ListFlowable(items, bulletType="bullet", start="•"))
            items = []
        if text:
            story.append(Paragraph(_xml(text), styles[f"Heading{level}"] if kind == "heading" else styles["BodyText"]))

    def edges(canvas, document) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(72, A4[1] - 40, "Kwaliteitskader, afdruk van de test")
        canvas.drawRightString(A4[0] - 72, 30, f"Pagina {document.page}")

    SimpleDocTemplate(str(path), pagesize=A4, title="Kwaliteitskader cluster 2", **options).build(
        story, onFirstPage=edges, onLaterPages=edges
    )
    return path


def sections(markdown: str) -> list[tuple[list[str], list[tuple[str, str]]]]:
    """The corpus Markdown by its third-level headings: (path, [(kind, text)])."""
    path: list[str] = []
    found: list[tuple[list[str], list[tuple[str, str]]]] = []
    for kind, level, text in blocks_of_markdown(markdown):
        if kind == "heading":
            path = [*path[: level - 1], text]
            found.append((path, []))
        elif found:
            found[-1][1].append((kind, text))
    return found


def kader_tables(markdown: str) -> list[tuple[str, list[tuple[str, list[tuple[str, list[str]]]]]]]:
    """The Kwaliteitskader as its tables: actor → domain → (head of the list, bullets)."""
    actors: list = []
    for path, blocks in sections(markdown):
        bullets = [text for kind, text in blocks if kind == "item"]
        if len(path) == 2:
            actors.append((path[1], []))
        elif len(path) == 3:
            actors[-1][1].append((path[2], []))
        elif len(path) == 4:
            actors[-1][1][-1][1].append((path[3], bullets))
    return [actor for actor in actors if actor[1]]


def print_tables_docx(markdown: str, path: Path) -> Path:
    """The Kwaliteitskader as Word tables: a banner per domain, a row of heads, a row of two cells with bullets."""
    document = docx.Document()
    document.add_paragraph("Kwaliteitskader cluster 2", style="Heading 1")
    for actor, domains in kader_tables(markdown):
        document.add_paragraph(actor, style="Heading 2")
        table = document.add_table(rows=0, cols=2, style="Table Grid")
        for domain, lists in domains:
            row = table.add_row().cells
            row[0].merge(row[1]).text = domain
            heads, cells = table.add_row().cells, table.add_row().cells
            for column, (head, bullets) in enumerate(lists[:2]):
                heads[column].text = head
                for number, bullet in enumerate(bullets):
                    paragraph = cells[column].paragraphs[0] if number == 0 else cells[column].add_paragraph()
                    paragraph.style = "List Bullet"
                    add_words(paragraph, bullet)
    document.save(str(path))
    return path


def print_tables_pdf(markdown: str, path: Path) -> Path:
    """The Kwaliteitskader as ruled PDF tables, one a domain, that run over page ends."""
    styles = getSampleStyleSheet()
    story: list = [Paragraph("Kwaliteitskader cluster 2", styles["Heading1"])]
    for actor, domains in kader_tables(markdown):
        story.append(Paragraph(_xml(actor), styles["Heading2"]))
        rows: list = []
        spans: list = []
        for domain, lists in domains:
            spans.append(("SPAN", (0, len(rows)), (1, len(rows))))
            rows.append([Paragraph(_xml(domain), styles["BodyText"]), ""])
            rows.append([Paragraph(_xml(head), styles["BodyText"]) for head, _ in lists[:2]])
            rows.append(
                [[Paragraph(_xml(b), styles["BodyText"], bulletText="•") for b in bullets] for _, bullets in lists[:2]]
            )
        table = Table(rows, colWidths=[230, 230])
        table.setStyle(
            TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP"), *spans])
        )
        story.append(table)
    SimpleDocTemplate(str(path), pagesize=A4).build(story)
    return path


def pdf_bytes(draw) -> bytes:
    """A PDF drawn by a function that gets the canvas."""
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    draw(canvas)
    canvas.save()
    return buffer.getvalue()
