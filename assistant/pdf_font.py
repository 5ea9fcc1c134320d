"""The font of the PDF files that the application writes, and text made ready for it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont


@dataclass(frozen=True, slots=True)
class Font:
    """The names to use in a style; `known` are the characters that it can draw."""

    regular: str
    bold: str
    known: frozenset[int]

    def drawable(self, text: str) -> str:
        """The text in characters that the font has: an unknown one without its accents, else a question mark."""
        return "".join(map(self._drawn, text))

    def _drawn(self, character: str) -> str:
        if ord(character) in self.known or character in "\n\t":
            return character
        return "".join(c for c in unicodedata.normalize("NFKD", character) if ord(c) in self.known) or "?"


@cache
def pdf_font() -> Font:
    """Bitstream Vera, which comes with reportlab and is put inside the file, so that it looks the same everywhere."""
    for name, file in (("Vera", "Vera.ttf"), ("VeraBd", "VeraBd.ttf")):
        pdfmetrics.registerFont(TTFont(name, file))
    return Font("Vera", "VeraBd", frozenset(pdfmetrics.getFont("Vera").face.charToGlyph))
