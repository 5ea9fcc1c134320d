"""Scans → blocks through Tesseract, where it is installed; says so where it is not. Runs in the child process only."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from assistant.convert.blocks import Block, Converted
from assistant.convert.text import read_text
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


def installed() -> bool:
    """Whether Tesseract can be run here."""
    return shutil.which("tesseract") is not None


def read_image(path: Path) -> Converted:
    """Read one image.

    Raises:
        ConversionError: OCR is not installed, fails, or finds no words.
    """
    if not installed():
        raise ConversionError(_ABSENT)
    return Converted(tuple(_recognise(path, 1)), warnings=("De tekst is met OCR gelezen; kijk haar na.",), pages=1)


def read_pages(path: Path, numbers: Sequence[int], *, whole: bool, wanted: bool) -> dict[int, list[Block]]:
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

    read: dict[int, list[Block]] = {}
    document = pypdfium2.PdfDocument(str(path))
    with tempfile.TemporaryDirectory() as folder:
        for number in numbers:
            page = document[number - 1]
            # A page may claim to be metres wide; what is rendered stays within 5,000 dots.
            scale = min(_SCALE, 5_000 / max(page.get_size()))
            image = Path(folder) / f"{number}.png"
            page.render(scale=scale).to_pil().save(image)
            try:
                read[number] = _recognise(image, number)
            except ConversionError:
                if whole and len(numbers) == 1:
                    raise
    return read


def _recognise(image: Path, page: int) -> list[Block]:
    language = _language()
    try:
        done = subprocess.run(
            ["tesseract", str(image), "stdout", "-l", language], capture_output=True, timeout=_SECONDS, check=True
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise ConversionError(
            f"OCR is niet gelukt ({type(error).__name__}). Maak een scherpere scan of probeer een ander bestand."
        ) from error
    return [dataclasses.replace(block, page=page) for block in read_text(done.stdout).blocks]


def _language() -> str:
    """Dutch where its model is installed, with English beside it."""
    listed = (
        subprocess.run(["tesseract", "--list-langs"], capture_output=True, timeout=_SECONDS, check=False)
        .stdout.decode("utf-8", "replace")
        .split()
    )
    return "+".join(name for name in ("nld", "eng") if name in listed) or "eng"
