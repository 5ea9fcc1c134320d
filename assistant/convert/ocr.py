"""Scans → words with their places through Tesseract, where it is installed. Runs in the child process only."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from selectolax.lexbor import LexborHTMLParser, LexborNode

from assistant.convert.blocks import clean
from assistant.convert.layout import Word
from assistant.errors import ConversionError

_ABSENT = (
    "is een scan of afbeelding zonder tekst, en OCR is hier niet geïnstalleerd. Laat de beheerder tesseract-ocr "
    "en tesseract-ocr-nld "
    "installeren, of gebruik een versie waarin de tekst te selecteren is."
)
_SECONDS = 120
# 300 dots an inch is what Tesseract is made for; a PDF point is 1/72 inch.
_SCALE = 300 / 72
_MAX_SCANNED = 60
# Tesseract is less sure than this (of 100) of a word that it may well have read wrong.
_SURE = 60
# What a list mark is read as; none of these opens a line of Dutch or English on its own.
_BULLETS = frozenset("e o ° © ® ¢ « » * • ·".split())
_NOISE = 0.18


@dataclass(frozen=True, slots=True)
class Scan:
    """One page as read: its words, its height, and of how many words the reader was unsure."""

    words: tuple[Word, ...]
    height: float
    unsure: int

    def said(self, where: str) -> str:
        """What a maintainer should know of it."""
        doubt = f"; van {self.unsure} woord(en) is de lezing onzeker" if self.unsure else ""
        return f"{where} is met OCR gelezen (tekst herkend in een beeld){doubt}; kijk de tekst na."


def installed() -> bool:
    """Whether Tesseract can be run here."""
    return shutil.which("tesseract") is not None


def scan_image(path: Path) -> Scan:
    """Read one image.

    Raises:
        ConversionError: OCR is not installed or fails.
    """
    if not installed():
        raise ConversionError(_ABSENT)
    return _recognise(path, _SCALE)


def scan_pages(path: Path, numbers: Sequence[int], *, whole: bool, wanted: bool) -> dict[int, Scan]:
    """Read pages of a PDF that have no text layer; pages on which OCR finds nothing are left out.

    Args:
        path: the PDF.
        numbers: which pages, from 1.
        whole: these are all the pages: without OCR there is nothing to add at all.
        wanted: False leaves the pages as they are.

    Raises:
        ConversionError: the whole document is a scan that cannot be read here.
    """
    if not wanted or not installed():
        if whole:
            raise ConversionError(_ABSENT)
        return {}
    if len(numbers) > _MAX_SCANNED:
        raise ConversionError(
            f"heeft {len(numbers)} gescande bladzijden; meer dan {_MAX_SCANNED} tegelijk wordt niet gelezen. "
            f"Splits het document."
        )
    import pypdfium2

    read: dict[int, Scan] = {}
    document = pypdfium2.PdfDocument(str(path))
    with tempfile.TemporaryDirectory() as folder:
        for number in numbers:
            page = document[number - 1]
            # A page may claim to be metres wide; what is rendered stays within 5,000 dots.
            scale = min(_SCALE, 5_000 / max(page.get_size()))
            image = Path(folder) / f"{number}.png"
            page.render(scale=scale).to_pil().save(image)
            try:
                read[number] = _recognise(image, scale)
            except ConversionError:
                if whole and len(numbers) == 1:
                    raise
    return {number: scan for number, scan in read.items() if scan.words}


def _recognise(image: Path, scale: float) -> Scan:
    """The words of an image with their places in points; `scale` is dots a point."""
    language = _language()
    try:
        done = subprocess.run(
            ["tesseract", str(image), "stdout", "-l", language, "hocr"],
            capture_output=True,
            timeout=_SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise ConversionError(
            f"OCR is niet gelukt ({type(error).__name__}). Maak een scherpere scan of probeer een ander bestand."
        ) from error
    return _scan_of(done.stdout.decode("utf-8", "replace"), scale)


def _scan_of(hocr: str, scale: float) -> Scan:
    """What Tesseract read: every word as high as its line, so that lines of one size of letter look alike."""
    lines: list[tuple[float, float, float, list[tuple[str, float, float]]]] = []
    unsure = 0
    tree = LexborHTMLParser(hocr)
    height = next((_box(page)[3] for page in tree.css(".ocr_page")), 0.0) / scale
    for line in tree.css(".ocr_line, .ocr_caption, .ocr_header, .ocr_textfloat"):
        stated = re.search(r"x_size ([\d.]+)", line.attributes.get("title") or "")
        _, top, _, bottom = _box(line)
        words: list[tuple[str, float, float]] = []
        for word in line.css(".ocrx_word"):
            text = clean(word.text())
            if not text:
                continue
            sure = re.search(r"x_wconf (\d+)", word.attributes.get("title") or "")
            unsure += sure is not None and int(sure.group(1)) < _SURE
            text = "•" if not words and text in _BULLETS else text
            x0, _, x1, _ = _box(word)
            words.append((text, x0, x1))
        if words:
            lines.append((float(stated.group(1)) if stated else bottom - top, top, bottom, words))
    usual = median(size for size, _, _, words in lines for _ in words) if lines else 1.0
    read: list[Word] = []
    for size, top, bottom, words in lines:
        # The size of a line is guessed from its letters: what differs little from the others is no heading.
        size = usual if abs(size - usual) <= _NOISE * usual else size
        read += [Word(t, x0 / scale, x1 / scale, top / scale, bottom / scale, size / scale) for t, x0, x1 in words]
    return Scan(tuple(read), height, unsure)


def _box(node: LexborNode) -> tuple[float, float, float, float]:
    found = re.search(r"bbox (\d+) (\d+) (\d+) (\d+)", node.attributes.get("title") or "")
    x0, top, x1, bottom = map(float, found.groups()) if found else (0.0, 0.0, 0.0, 0.0)
    return x0, top, x1, bottom


def _language() -> str:
    """Dutch where its model is installed, with English beside it."""
    listed = (
        subprocess.run(["tesseract", "--list-langs"], capture_output=True, timeout=_SECONDS, check=False)
        .stdout.decode("utf-8", "replace")
        .split()
    )
    return "+".join(name for name in ("nld", "eng") if name in listed) or "eng"
