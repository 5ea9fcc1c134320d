"""Bad input: each kind gets its own message, in bounded time and memory, and the rest of the batch goes on."""

from __future__ import annotations

import resource
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from converting import pdf_bytes
from pypdf import PdfWriter

from assistant.add import add_all, prepare
from assistant.convert.preview import Preview
from assistant.convert.sandbox import Limits, parse
from assistant.convert.sniff import MAX_FILE, Source, sniff
from assistant.errors import ConversionError


def word(path: Path, extra: dict[str, bytes] | None = None, document: bytes | None = None) -> Path:
    """A small Word file, with parts added or the main part replaced."""
    made = docx.Document()
    made.add_paragraph("Gewone tekst.")
    made.save(str(path))
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts |= extra or {}
    if document is not None:
        parts["word/document.xml"] = document
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, data)
    return path


def encrypted_pdf(path: Path) -> Path:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("geheim")
    writer.write(path)
    return path


def many_pages(path: Path) -> Path:
    writer = PdfWriter()
    for _ in range(2_000):
        writer.add_blank_page(100, 100)
    writer.write(path)
    return path


def written(data: bytes) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_bytes(data)
        return path

    return write


def huge(path: Path) -> Path:
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        file.truncate(200_000_000)
    return path


def bomb(path: Path) -> Path:
    return word(path, document=b"<w:document>" + b"<w:p/>" * 30_000_000 + b"</w:document>")


def entity(path: Path) -> Path:
    xml = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document xmlns:w="w">&x;</w:document>'
    return word(path, document=xml)


BAD: list[tuple[str, Callable[[Path], Path], str]] = [
    ("geheim.pdf", encrypted_pdf, "wachtwoord"),
    ("kapot.pdf", written(b"%PDF-1.7\n" + b"\x00\x01junk" * 500), "beschadigd"),
    ("afgebroken.docx", written(b"PK\x03\x04" + b"x" * 200), "beschadigd"),
    ("leeg.pdf", written(b""), "leeg"),
    ("wit.txt", written(b" \n\n \t\n"), "geen tekst"),
    ("dik.pdf", many_pages, "2000 bladzijden"),
    ("bom.docx", bomb, "pakt uit tot 181 MB"),
    ("entiteit.docx", entity, "DOCTYPE"),
    ("nep.pdf", written(b"<!DOCTYPE html><html><body>Log eerst in</body></html>"), "ophalen mislukt"),
    ("film.txt", written(b"\x00\x00\x00\x18ftypmp42" + bytes(500)), "geen document dat we herkennen"),
    ("groot.pdf", huge, "200 MB"),
    ("oud.doc", written(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "oude Word-formaat"),
    ("slot.docx", written(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")), "wachtwoord"),
    ("plaatje.png", written(b"\x89PNG\r\n\x1a\n" + bytes(60)), "OCR"),
    ("half16.txt", written(b"\xff\xfea\x00b"), "UTF-16"),
]


@pytest.mark.parametrize(("name", "make", "says"), BAD, ids=[name for name, _, _ in BAD])
def test_bad_input_has_its_own_message_in_bounded_time(
    name: str, make: Callable[[Path], Path], says: str, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    path = make(tmp_path / name)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(ConversionError, match=says) as caught:
        prepare(path, tmp_path / "corpus")
    assert str(caught.value).startswith(f"{name}: ")
    assert "\n" not in str(caught.value)
    assert time.monotonic() - began < 30
    # In kilobytes: what the assistant itself grew by while reading it.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000


def test_every_message_is_another_one(tmp_path: Path, monkeypatch) -> None:
    assert len({says for _, _, says in BAD}) >= 11


def test_the_rest_of_a_batch_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a-kapot.pdf").write_bytes(b"%PDF-1.4 niets")
    (tmp_path / "b-goed.txt").write_text("Een goede tekst over opleiden.", encoding="utf-8")
    (tmp_path / "c-leeg.docx").write_bytes(b"")
    outcomes = [outcome for _, outcome in add_all([tmp_path], tmp_path / "corpus")]
    assert [type(outcome) for outcome in outcomes] == [ConversionError, Preview, ConversionError]


def test_a_wrong_extension_of_another_document_is_read_and_said(tmp_path: Path) -> None:
    path = word(tmp_path / "plan.pdf")
    preview = prepare(path, tmp_path / "corpus")
    assert "Gewone tekst." in preview.text
    assert preview.warnings[0] == "Het bestand heet .pdf maar is Word (DOCX); het is als Word (DOCX) gelezen."


def test_a_parser_without_end_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(pdf_bytes(lambda canvas: canvas.drawString(72, 700, "tekst")))
    began = time.monotonic()
    with pytest.raises(ConversionError, match="langer dan 0 seconden"):
        parse(sniff(path), Limits(wall_seconds=0))
    assert time.monotonic() - began < 5


def test_a_parser_that_wants_too_much_processor_time_is_stopped(tmp_path: Path) -> None:
    def draw(canvas) -> None:
        for page in range(120):
            for line in range(60):
                canvas.drawString(
                    40, 800 - 12 * line, f"bladzijde {page} regel {line} met een flinke hoeveelheid woorden erin " * 2
                )
            canvas.showPage()

    path = tmp_path / "lang.pdf"
    path.write_bytes(pdf_bytes(draw))
    with pytest.raises(ConversionError, match="1 seconden rekentijd"):
        parse(sniff(path), Limits(cpu_seconds=1))


def test_a_parser_that_wants_too_much_memory_is_stopped(tmp_path: Path) -> None:
    path = word(
        tmp_path / "zwaar.docx",
        document=b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        + b"".join(b"<w:p><w:r><w:t>regel %d</w:t></w:r></w:p>" % number for number in range(600_000))
        + b"</w:body></w:document>",
    )
    source = Source(path, path.name, "docx", path.stat().st_size, "")
    with pytest.raises(ConversionError, match="geheugen"):
        parse(source, Limits(memory=300_000_000))


def test_a_bomb_in_a_content_stream_is_stopped(tmp_path: Path) -> None:
    writer = PdfWriter()
    page = writer.add_blank_page(100, 100)
    from pypdf.generic import NameObject, StreamObject

    stream = StreamObject()
    stream.set_data(b"q Q " * 60_000_000)
    page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    path = tmp_path / "stroom.pdf"
    writer.write(path)
    assert path.stat().st_size < MAX_FILE
    began = time.monotonic()
    with pytest.raises(ConversionError, match=r"stroom\.pdf: "):
        prepare(path, tmp_path / "corpus")
    assert time.monotonic() - began < 60


def test_the_child_has_no_network(tmp_path: Path, monkeypatch) -> None:
    from assistant.convert import worker

    with pytest.raises(OSError, match="no network"):
        worker._no_network("host", 80)
