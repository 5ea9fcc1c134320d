"""Word documents: headings, nested lists, nested tables, links, deletions, and what is left out is said."""

from __future__ import annotations

from pathlib import Path

import docx
from converting import add_words
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from assistant.convert.docx import read_docx
from assistant.convert.render import render
from assistant.vocabulary import Vocabulary, load_vocabulary

ROOT = Path(__file__).resolve().parents[1]


def markdown_of(document, tmp_path: Path, vocabulary: Vocabulary | None = None) -> str:
    path = tmp_path / "document.docx"
    document.save(str(path))
    return render(read_docx(path), vocabulary or Vocabulary()).markdown


def test_headings_and_nested_lists(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Opleidingsplan", 0)
    document.add_heading("Inleiding", 1)
    document.add_paragraph("De opleiding kent twee delen:")
    for text, style in (
        ("Deel een", "List Bullet"),
        ("Stage", "List Bullet 2"),
        ("Diensten", "List Bullet 3"),
        ("Deel twee", "List Bullet"),
    ):
        document.add_paragraph(text, style=style)
    document.add_paragraph("Eerst dit", style="List Number")
    document.add_paragraph("Dan dat", style="List Number")
    assert markdown_of(document, tmp_path) == (
        "# Opleidingsplan\n\n## Inleiding\n\nDe opleiding kent twee delen:\n\n- Deel een\n    - Stage\n        - "
        "Diensten\n- Deel twee\n\n"
        "1. Eerst dit\n2. Dan dat\n"
    )


def test_links_stay_with_their_words(tmp_path: Path) -> None:
    document = docx.Document()
    add_words(document.add_paragraph(), "Lees [het plan](https://voorbeeld.nl/plan) en [dit](javascript:alert(1)).")
    assert markdown_of(document, tmp_path).strip() == "Lees [het plan](https://voorbeeld.nl/plan) en dit)."


def test_a_table_of_domains_by_actor_is_unfolded_actor_first(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Kader", 1)
    table = document.add_table(rows=3, cols=3)
    for row, texts in enumerate(
        [
            ["", "Aios", "Opleider"],
            ["Opleidingsklimaat", "Geeft feedback.", "Vraagt feedback."],
            ["Professionalisering", "Bezoekt congressen.", "Volgt cursussen."],
        ]
    ):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    markdown = markdown_of(document, tmp_path, load_vocabulary(ROOT / "corpus/vocabulary.yaml"))
    assert markdown == (
        "# Kader\n\n## Aios\n\n### Opleidingsklimaat\n\n- Geeft feedback.\n\n### Professionalisering\n\n- Bezoekt "
        "congressen.\n\n"
        "## Opleider\n\n### Opleidingsklimaat\n\n- Vraagt feedback.\n\n### Professionalisering\n\n- Volgt cursussen.\n"
    )


def test_a_table_in_a_cell_loses_no_words_and_is_said(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(rows=2, cols=2)
    for place, text in (((0, 0), "Onderdeel"), ((0, 1), "Uitleg"), ((1, 0), "Toets")):
        table.cell(*place).text = text
    inner = table.cell(1, 1).add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "KPB", "vier per jaar"
    path = tmp_path / "nest.docx"
    document.save(str(path))
    rendered = render(read_docx(path), Vocabulary())
    assert "| Toets | KPB – vier per jaar |" in rendered.markdown
    assert rendered.warnings == ("Tabel: een tabel in een cel is plat gemaakt; kijk haar na.",)


def test_deleted_text_is_gone_inserted_text_is_kept_and_both_are_said(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("De opleider ")
    for tag, inner, text in (("w:del", "w:delText", "oud"), ("w:ins", "w:t", "nieuw")):
        change, run, words = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(inner)
        words.text = text
        run.append(words)
        change.append(run)
        paragraph._p.append(change)
    path = tmp_path / "wijziging.docx"
    document.save(str(path))
    converted = read_docx(path)
    assert [block.text for block in converted.blocks] == ["De opleider nieuw"]
    assert any("nog niet zijn aanvaard" in warning for warning in converted.warnings)


def test_text_in_a_content_control_is_read(tmp_path: Path) -> None:
    document = docx.Document()
    inside = document.add_paragraph("In een invulveld.")._p
    control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
    inside.addprevious(control)
    control.append(content)
    content.append(inside)
    assert control.tag == qn("w:sdt")
    assert markdown_of(document, tmp_path) == "In een invulveld.\n"


def test_text_that_looks_like_markdown_stays_text(tmp_path: Path) -> None:
    document = docx.Document()
    for text in ("# geen kop", "1. geen lijst", "- geen punt", "<script>alert(1)</script>", "| geen | tabel |"):
        document.add_paragraph(text)
    assert markdown_of(document, tmp_path).split("\n\n") == [
        "\\# geen kop",
        "1\\. geen lijst",
        "\\- geen punt",
        "\\<script>alert(1)</script>",
        "\\| geen | tabel |\n",
    ]


def word_table(path: Path, rows: list[list[str]]) -> Path:
    """A Word file with one table under one heading."""
    document = docx.Document()
    document.add_heading("Verdeling", 1)
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    document.save(str(path))
    return path


def test_a_head_that_the_vocabulary_does_not_know_stands_beside_those_it_knows(tmp_path: Path) -> None:
    rows = [
        ["", "Opleidingsklimaat", "Huisvesting"],
        ["Opleider", "vraagt naar de sfeer", "regelt een kamer"],
        ["Secretariaat", "deelt de enquête uit", "beheert de sleutels"],
        ["Aios", "spreekt collega's aan", "meldt gebreken"],
    ]
    vocabulary = load_vocabulary(ROOT / "corpus/vocabulary.yaml")
    markdown = render(read_docx(word_table(tmp_path / "verdeling.docx", rows)), vocabulary).markdown
    for actor in ("Opleider", "Secretariaat", "Aios"):
        assert f"\n## {actor}\n\n### Opleidingsklimaat\n" in markdown
    assert markdown.count("\n### Huisvesting\n") == 3


def test_a_table_with_names_for_its_rows_keeps_each_row_together(tmp_path: Path) -> None:
    rows = [["", "Opleider", "Aios"], ["Tijd", "twee uur", "drie uur"], ["Plaats", "in de kliniek", "thuis"]]
    vocabulary = load_vocabulary(ROOT / "corpus/vocabulary.yaml")
    markdown = render(read_docx(word_table(tmp_path / "uren.docx", rows)), vocabulary).markdown
    assert "## Opleider\n\n### Tijd\n\n- twee uur\n\n### Plaats\n\n- in de kliniek\n\n## Aios\n\n### Tijd" in markdown


def test_a_table_in_a_cell_of_an_unfolded_table_keeps_its_rows_and_is_said(tmp_path: Path) -> None:
    path = word_table(tmp_path / "taken.docx", [["Actor", "Taken"], ["Opleider", "bewaakt de tijd"]])
    document = docx.Document(str(path))
    inner = document.tables[0].cell(1, 1).add_table(rows=2, cols=2)
    for number, text in enumerate(("Onderdeel", "Minuten", "Casus", "5")):
        inner.cell(number // 2, number % 2).text = text
    document.save(str(path))
    vocabulary = load_vocabulary(ROOT / "corpus/vocabulary.yaml")
    rendered = render(read_docx(path), vocabulary)
    assert "- bewaakt de tijd\n- Onderdeel – Minuten\n- Casus – 5\n" in rendered.markdown
    assert rendered.warnings == ("Tabel: een tabel in een cel is plat gemaakt; kijk haar na.",)
