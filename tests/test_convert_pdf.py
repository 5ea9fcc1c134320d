"""PDFs as they come: two columns, headers and footers, broken words, links, tables, pages without text."""

from __future__ import annotations

import html
import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest
from converting import LINK, blocks_of_markdown, body_of, pdf_bytes
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, SimpleDocTemplate, Table, TableStyle

from assistant.convert.blocks import Block
from assistant.convert.flow import join
from assistant.convert.layout import Line, Word, lines_of, reading_order
from assistant.convert.pdf import read_pdf
from assistant.convert.render import render
from assistant.convert.tables import joined
from assistant.errors import ConversionError
from assistant.findable import searchable
from assistant.split import split_document
from assistant.text import plain
from assistant.types import Document
from assistant.vocabulary import Vocabulary, load_vocabulary

ROOT = Path(__file__).resolve().parents[1]
WIDTH, HEIGHT = A4
SENTENCE = (
    "De opleider bespreekt elk kwartaal met de aios hoe het leren op de werkplek verloopt en legt de afspraken vast. "
)


def markdown_of(path: Path, vocabulary: Vocabulary | None = None) -> str:
    return render(read_pdf(path), vocabulary or Vocabulary()).markdown


def two_columns(path: Path) -> Path:
    styles = getSampleStyleSheet()
    left = Frame(60, 60, 220, HEIGHT - 120, id="left")
    right = Frame(310, 60, 220, HEIGHT - 120, id="right")
    document = BaseDocTemplate(str(path), pagesize=A4)

    def edges(canvas, page) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(60, HEIGHT - 30, "Opleidingskrant jaargang 4")
        canvas.drawCentredString(WIDTH / 2, 25, str(page.page))

    document.addPageTemplates(PageTemplate(frames=[left, right], onPage=edges))
    story = []
    for number in range(1, 9):
        story.append(Paragraph(f"Onderwerp {number}", styles["Heading2"]))
        story.append(Paragraph(f"Begin {number}. " + SENTENCE * 6 + f"Einde {number}.", styles["BodyText"]))
    document.build(story)
    return path


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    markdown = markdown_of(two_columns(tmp_path / "krant.pdf"))
    marks = [markdown.index(f"{word} {number}.") for number in range(1, 9) for word in ("Begin", "Einde")]
    assert marks == sorted(marks)
    assert markdown.count(SENTENCE.strip()) == 48
    assert "## Onderwerp 3" in markdown or "# Onderwerp 3" in markdown


def test_headers_and_page_numbers_are_dropped(tmp_path: Path) -> None:
    lines = markdown_of(two_columns(tmp_path / "krant.pdf")).splitlines()
    assert not [line for line in lines if "jaargang" in line or line.strip().isdigit()]


def test_a_title_over_both_columns_comes_first() -> None:
    words = [Word("Titel", 60, 500, 10, 22, 14)]
    for row in range(8):
        top = 40 + row * 12
        words += [Word(f"links{row}", 60, 250, top, top + 10, 10), Word(f"rechts{row}", 300, 500, top, top + 10, 10)]
    order = [line.text for line in reading_order(lines_of(words, 1)) if isinstance(line, Line)]
    assert order == ["Titel", *(f"links{row}" for row in range(8)), *(f"rechts{row}" for row in range(8))]


def test_labels_with_values_are_no_columns() -> None:
    words = []
    for row in range(6):
        top = 40 + row * 12
        words += [
            Word(f"L{row}:", 60, 80 + 12 * (row % 3), top, top + 10, 10),
            Word(f"waarde {row}", 200, 420, top, top + 10, 10),
        ]
    order = [line.text for line in reading_order(lines_of(words, 1)) if isinstance(line, Line)]
    assert order == [f"L{row}: waarde {row}" for row in range(6)]


@pytest.mark.parametrize(
    ("before", "after", "known", "joined"),
    [
        ("het opleidings-", "klimaat is goed", "", "het opleidingsklimaat is goed"),
        ("wet-", "en regelgeving", "", "wet- en regelgeving"),
        ("een collega-", "opleider vraagt", "collega-opleider", "een collega-opleider vraagt"),
        ("de OOR-", "Bestuurder", "", "de OOR-Bestuurder"),
        ("de OOR-", "besprekingen", "", "de OOR-besprekingen"),
        ("een afdeling-", "overstijgend plan", "afdeling overstijgend", "een afdeling-overstijgend plan"),
        ("de samen-", "werking", "samen werking samenwerking", "de samenwerking"),
        ("de opleidings-", "commissie", "commissie", "de opleidingscommissie"),
        ("gewoon", "verder", "", "gewoon verder"),
    ],
)
def test_words_broken_at_the_line_end_are_made_whole(before: str, after: str, known: str, joined: str) -> None:
    assert join(before, after, frozenset(known.split())) == joined


def test_hyphenation_on_a_page(tmp_path: Path) -> None:
    def draw(canvas) -> None:
        canvas.setFont("Helvetica", 10)
        for number, line in enumerate(
            ["Elke opleider zorgt voor een goed opleidings-", "klimaat en voor tijdige super-", "visie van de aios."]
        ):
            canvas.drawString(72, 700 - 12 * number, line)

    path = tmp_path / "breuk.pdf"
    path.write_bytes(pdf_bytes(draw))
    assert (
        markdown_of(path)
        == "Elke opleider zorgt voor een goed opleidingsklimaat en voor tijdige supervisie van de aios.\n"
    )


def test_links_keep_their_words_and_their_address(tmp_path: Path) -> None:
    styles = getSampleStyleSheet()
    path = tmp_path / "link.pdf"
    text = 'Zie <link href="https://www.voorbeeld.nl/plan">het landelijk opleidingsplan</link>, dat voor allen geldt.'
    SimpleDocTemplate(str(path)).build([Paragraph(text, styles["BodyText"])])
    assert "Zie [het landelijk opleidingsplan](https://www.voorbeeld.nl/plan), dat" in markdown_of(path)


def print_table(path: Path, rows: list[list[str]], **options) -> Path:
    cell = ParagraphStyle("cell", fontSize=10, leading=12)
    table = Table([[Paragraph(text, cell) for text in row] for row in rows], colWidths=[110, 170, 170], **options)
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))
    heading = Paragraph("Wie doet wat", getSampleStyleSheet()["Heading1"])
    SimpleDocTemplate(str(path), pagesize=A4).build([heading, table])
    return path


def test_headings_of_one_size_are_told_apart_and_kept_where_they_open_pages(tmp_path: Path) -> None:
    def draw(canvas) -> None:
        for page in range(1, 5):
            for place, (font, text) in enumerate((
                ("Helvetica-BoldOblique", "Voorbeelden waaruit dit kan blijken."),
                ("Helvetica", f"De opleider bespreekt punt {page} met de aios en legt de afspraken vast."),
                ("Helvetica-Bold", f"Onderwerp {'abcd'[page - 1]}"),
                ("Helvetica-BoldOblique", "Voorbeelden waaruit dit kan blijken."),
                ("Helvetica", f"De aios houdt lijst {page} bij en bespreekt die elke maand met de opleider."),
            )):  # fmt: skip
                canvas.setFont(font, 11)
                canvas.drawString(72, 790 - (60 if place else 0) - 40 * place, text)
            canvas.showPage()

    path = tmp_path / "koppen.pdf"
    path.write_bytes(pdf_bytes(draw))
    markdown = markdown_of(path)
    assert markdown.count("## Voorbeelden waaruit dit kan blijken.") == 8
    assert [f"\n# Onderwerp {letter}\n" in markdown for letter in "abcd"] == [True] * 4


def test_a_row_that_the_page_end_cuts_is_whole_again() -> None:
    def cell(kind: str, text: str) -> tuple[Block, ...]:
        return (Block(kind, text),)  # type: ignore[arg-type]

    head = (cell("paragraph", "Taken"), cell("paragraph", "Voorbeelden"))
    above = (cell("item", "maken een verdeling"), cell("item", "een lijst."))
    below = (cell("paragraph", "van rollen;"), cell("item", "notulen."))
    first, second = Block("table", page=1, rows=(head, above)), Block("table", page=2, rows=(head, below))
    (table,) = joined([first, second])
    assert [block.text for block in table.rows[1][0]] == ["maken een verdeling van rollen;"]
    assert [block.text for block in table.rows[1][1]] == ["een lijst.", "notulen."]
    assert len(table.rows) == 2


def test_a_table_by_actor_becomes_headings_and_lists(tmp_path: Path) -> None:
    rows = [
        ["", "Taken", "Voorbeelden"],
        ["Aios", "Vraagt op tijd om supervisie.", "Houdt een portfolio bij."],
        ["Opleider", "Geeft feedback na elke dienst.", "Maakt een lokaal opleidingsplan."],
    ]
    markdown = markdown_of(print_table(tmp_path / "tabel.pdf", rows), load_vocabulary(ROOT / "corpus/vocabulary.yaml"))
    assert markdown == (
        "# Wie doet wat\n\n## Aios\n\n### Taken\n\n- Vraagt op tijd om supervisie.\n\n### Voorbeelden\n\n- Houdt "
        "een portfolio bij.\n\n"
        "## Opleider\n\n### Taken\n\n- Geeft feedback na elke dienst.\n\n### Voorbeelden\n\n- Maakt een lokaal "
        "opleidingsplan.\n"
    )


def test_any_other_table_stays_a_table_over_the_end_of_a_page(tmp_path: Path) -> None:
    rows = [
        ["Cursus", "Duur", "Prijs"],
        *([f"Module {number}", f"{number} dagen", f"{number} euro"] for number in range(1, 61)),
    ]
    markdown = markdown_of(print_table(tmp_path / "prijzen.pdf", rows, repeatRows=1))
    assert markdown.count("| Cursus | Duur | Prijs |") == 1
    assert [f"| Module {n} | {n} dagen | {n} euro |" in markdown for n in range(1, 61)] == [True] * 60
    assert markdown.count("| --- | --- | --- |") == 1


def test_a_page_without_text_is_named(tmp_path: Path) -> None:
    def draw(canvas) -> None:
        canvas.drawString(72, 700, "De eerste bladzijde heeft tekst genoeg om te lezen.")
        canvas.showPage()
        canvas.rect(100, 100, 200, 200)

    path = tmp_path / "leeg.pdf"
    path.write_bytes(pdf_bytes(draw))
    assert read_pdf(path, ocr=False).warnings == ("Bladzijde 2 heeft geen tekst.",)


def test_a_scan_says_what_is_needed(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf_bytes(lambda canvas: canvas.rect(100, 100, 200, 200)))
    with pytest.raises(ConversionError, match="tesseract-ocr-nld"):
        read_pdf(path)


def hocr_line(size: int, top: int, *words: tuple[int, int, int, str]) -> str:
    """A line as Tesseract writes it: words as (left, right, certainty, text)."""
    spans = "".join(
        f"<span class='ocrx_word' title='bbox {x0} {top} {x1} {top + size}; x_wconf {sure}'>{text}</span>"
        for x0, x1, sure, text in words
    )
    return f"<span class='ocr_line' title='bbox 0 {top} 900 {top + size}; x_size {size}'>{spans}</span>"


def test_ocr_is_used_where_it_is_installed(tmp_path: Path, monkeypatch) -> None:
    """With a stand-in for the program: what is tested is how it is called and what becomes of its words."""
    program = tmp_path / "tesseract"
    lines = [
        hocr_line(56, 300, (250, 500, 96, "$4"), (520, 900, 96, "$(basename $1)")),
        hocr_line(40, 420, (250, 900, 31, "Eerste")),
        hocr_line(42, 520, (260, 275, 40, "e"), (310, 900, 96, "punt")),
    ]
    hocr = f"<div class='ocr_page' title='bbox 0 0 2500 3500'>{''.join(lines)}</div>"
    program.write_text(f'#!/bin/sh\nif [ "$1" = "--list-langs" ]; then echo nld; exit; fi\ncat <<EOF\n{hocr}\nEOF\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf_bytes(lambda canvas: canvas.rect(100, 100, 200, 200)))
    converted = read_pdf(path)
    found = [(block.kind, block.text, block.page) for block in converted.blocks]
    assert found == [("heading", "nld 1.png", 1), ("paragraph", "Eerste", 1), ("item", "punt", 1)]
    assert converted.warnings == (
        "Bladzijde 1 is met OCR gelezen (tekst herkend in een beeld); van 2 woord(en) is de lezing onzeker; "
        "kijk de tekst na.",
    )


@pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="needs Tesseract with Dutch: apt install tesseract-ocr-nld"
)
def test_a_real_scan_keeps_its_heading_and_its_list(tmp_path: Path) -> None:
    def draw(canvas) -> None:
        canvas.setFont("Helvetica-Bold", 20)
        canvas.drawString(72, 740, "Memo parkeren voor aios")
        canvas.setFont("Helvetica", 12)
        canvas.drawString(72, 700, "Aios met een avonddienst parkeren gratis op parkeerdek P3, tot 8.00 uur.")
        for number, text in enumerate(("Neem uw personeelspas mee.", "De kaart geldt voor een kwartaal.")):
            canvas.drawString(80, 660 - 24 * number, "•")
            canvas.drawString(100, 660 - 24 * number, text)

    printed = pypdfium2.PdfDocument(pdf_bytes(draw))[0].render(scale=200 / 72).to_pil().convert("L")
    path = tmp_path / "scan.pdf"
    printed.save(path, resolution=200)
    assert markdown_of(path) == (
        "# Memo parkeren voor aios\n\nAios met een avonddienst parkeren gratis op parkeerdek P3, tot 8.00 uur.\n\n"
        "- Neem uw personeelspas mee.\n- De kaart geldt voor een kwartaal.\n"
    )


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium to print")
def test_a_brochure_that_a_browser_prints_in_two_columns(tmp_path: Path) -> None:
    """Another maker of PDFs than the one of the other tests: drawn list marks, justified columns, its own headers."""
    body = []
    for kind, level, text in blocks_of_markdown(body_of(ROOT / "corpus/brochure-startende-opleiders.md")):
        tag = {"heading": f"h{level}", "item": "li", "paragraph": "p"}[kind]
        words = LINK.sub(r'<a href="\2">\1</a>', html.escape(text, quote=False))
        body.append(f"<ul><li>{words}</li></ul>" if tag == "li" else f"<{tag}>{words}</{tag}>")
    style = "font: 10pt sans-serif; column-count: 2; column-gap: 24px; text-align: justify"
    page = tmp_path / "brochure.html"
    page.write_text(
        f'<meta charset="utf-8"><title>Brochure</title><div style="{style}">{"".join(body)}</div>', encoding="utf-8"
    )
    target = tmp_path / "brochure.pdf"
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path}/profile",
        f"--print-to-pdf={target}",
        str(page),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    wanted, found = (
        passages_of(text) for text in (body_of(ROOT / "corpus/brochure-startende-opleiders.md"), markdown_of(target))
    )
    missing = [quote for quote in wanted if quote not in found]
    assert len(wanted) > 40
    assert len(missing) <= 0.05 * len(wanted), missing


def passages_of(markdown: str) -> list[str]:
    document = Document("b", "b.md", "b", markdown, "")
    return [plain(passage.quote) for passage in split_document(document, Vocabulary()) if searchable(passage)]
