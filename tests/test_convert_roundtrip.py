"""The Kwaliteitskader printed to DOCX and PDF and converted again: how many bullets keep their place."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from converting import KADER, ROOT, body_of, kader_tables, print_docx, print_pdf, print_tables_docx, print_tables_pdf

from assistant.add import prepare
from assistant.split import split_document
from assistant.text import plain
from assistant.types import Document, Passage
from assistant.vocabulary import load_vocabulary

# Measured: 182 of 182, 181 of 182, 175 of 176, 173 of 176. What print_pdf loses is a nested list that it prints flat.
# Printed by LibreOffice: 182 of 182, 172 of 176.
WANTED = 0.95


def office_pdf(printed: Callable[[str, Path], Path], markdown: str, folder: Path) -> Path:
    """A Word file printed to PDF by LibreOffice: another maker than that of the other tests, with Word's own styles."""
    source = printed(markdown, folder / "kader.docx")
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(folder), str(source)], check=True, capture_output=True, timeout=180)
    return source.with_suffix(".pdf")


def office_headings_pdf(markdown: str, path: Path) -> Path:
    return office_pdf(print_docx, markdown, path.parent)


def office_tables_pdf(markdown: str, path: Path) -> Path:
    return office_pdf(print_tables_docx, markdown, path.parent)


OFFICE = [
    pytest.param(printed, marks=pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice"))
    for printed in (office_headings_pdf, office_tables_pdf)
]


def place(passage: Passage) -> tuple[str, tuple[str, ...], str | None, str | None]:
    return plain(passage.quote), passage.actors, passage.domain, passage.aspect


def bullets(markdown: str) -> Counter:
    vocabulary = load_vocabulary(ROOT / "corpus/vocabulary.yaml")
    document = Document("kader", "kader.md", "Kader", markdown, "")
    return Counter(place(p) for p in split_document(document, vocabulary) if p.kind == "item")


@pytest.mark.parametrize("printed", [print_docx, print_pdf, print_tables_docx, print_tables_pdf, *OFFICE])
def test_bullets_keep_actor_domain_and_aspect(
    printed: Callable[[str, Path], Path], tmp_path: Path, record_property
) -> None:
    markdown = body_of(KADER)
    wanted = bullets(markdown)
    if "tables" in printed.__name__:
        # The tables hold the lists of the domains, not the list in the introduction.
        heads = {actor for actor, _ in kader_tables(markdown)}
        assert len(heads) == 6
        wanted = Counter({key: count for key, count in wanted.items() if key[1] and key[2]})
    preview = prepare(
        printed(markdown, tmp_path / f"kader.{'docx' if 'docx' in printed.__name__ else 'pdf'}"), ROOT / "corpus"
    )
    found = Counter(place(p) for p in preview.passages if p.kind == "item")
    share = (wanted & found).total() / wanted.total()
    record_property("share", share)
    assert wanted.total() > 150
    assert share >= WANTED, sorted(key[0][:90] for key in (wanted - found))


def test_a_printed_pdf_has_no_header_and_no_page_number(tmp_path: Path) -> None:
    preview = prepare(print_pdf(body_of(KADER), tmp_path / "kader.pdf"), ROOT / "corpus")
    assert "afdruk van de test" not in preview.text
    assert "Pagina 2" not in preview.text
    assert preview.page_count == len(preview.pages) > 5


def test_links_survive_both_formats(tmp_path: Path) -> None:
    markdown = body_of(KADER)
    link = "[www.knmg.nl/cgs/kwaliteitenerkenning](http://www.knmg.nl/cgs/kwaliteitenerkenning)"
    for path in (print_docx(markdown, tmp_path / "kader.docx"), print_pdf(markdown, tmp_path / "kader.pdf")):
        assert prepare(path, ROOT / "corpus").text.count(link) == markdown.count(link) > 3
