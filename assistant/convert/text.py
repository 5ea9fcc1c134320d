"""Plain text and Markdown → blocks; finds the encoding first. Runs in the child process only."""

from __future__ import annotations

import re

from charset_normalizer import from_bytes

from assistant.convert.blocks import Block, Converted, clean
from assistant.errors import ConversionError

_ITEM = re.compile(r"^(\s*)(?:([-*+•●▪◦‣·–—])|(\d{1,3}[.)]|[a-z][.)]))\s+(.*)$")
_MARKDOWN_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_NAMES = {
    "cp1252": "Windows-1252",
    "utf_16": "UTF-16",
    "utf_16_le": "UTF-16",
    "utf_16_be": "UTF-16",
    "utf_8": "UTF-8",
    "latin_1": "Latin-1",
}
# What Dutch and English text in a one-byte encoding may hold above ASCII; other letters mean a worse guess.
_WESTERN = re.compile(r"[^\x00-\x7fÀ-ÿ€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ\xa0-\xbf]")


def decode(raw: bytes) -> tuple[str, str]:
    """(text, warning) of bytes in any encoding.

    Raises:
        ConversionError: no encoding gives readable text.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return _lines(raw.decode("utf-16")), _said("utf_16")
        except UnicodeDecodeError as error:
            raise ConversionError("is beschadigde UTF-16. Sla het op als UTF-8 en probeer opnieuw.") from error
    try:
        return _lines(raw.decode("utf-8-sig")), ""
    except UnicodeDecodeError:
        pass
    western = raw.decode("cp1252", errors="replace")
    if "\ufffd" not in western and not _WESTERN.search(western) and not re.search(rb"[\x00-\x08\x0e-\x1f]", raw):
        return _lines(western), _said("cp1252")
    best = from_bytes(raw).best()
    if best is None:
        raise ConversionError(
            "heeft een onbekende tekencodering of is geen tekst. Sla het op als UTF-8 en probeer opnieuw."
        )
    return _lines(str(best)), _said(best.encoding)


def _said(encoding: str) -> str:
    return (
        f"De tekst stond in {_NAMES.get(encoding, encoding)} en is omgezet naar UTF-8; kijk de bijzondere letters na."
    )


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")


def read_text(raw: bytes) -> Converted:
    """Plain text: paragraphs stand between empty lines, items start with a mark, a short line may be a heading."""
    text, warning = decode(raw)
    blocks: list[Block] = []
    for chunk in re.split(r"\n\s*\n", text):
        blocks += _chunk([line.rstrip() for line in chunk.split("\n") if line.strip()])
    if not blocks:
        raise ConversionError("er staat geen tekst in.")
    return Converted(tuple(blocks), warnings=(warning,) if warning else ())


def _chunk(lines: list[str]) -> list[Block]:
    """The blocks of lines without an empty line between them."""
    if len(lines) == 2 and re.fullmatch(r"=+|-+", lines[1].strip()) and len(lines[1].strip()) >= 3:
        return [Block("heading", clean(lines[0]), 1 if "=" in lines[1] else 2)]
    blocks: list[Block] = []
    for line in lines:
        if match := _ITEM.match(line):
            depth = min(4, len(match.group(1).expandtabs(4)) // 2)
            blocks.append(Block("item", clean(match.group(4)), depth, bool(match.group(3))))
        elif match := _MARKDOWN_HEADING.match(line):
            blocks.append(Block("heading", clean(match.group(2)), len(match.group(1))))
        elif blocks and blocks[-1].kind in {"paragraph", "item"}:
            last = blocks.pop()
            blocks.append(Block(last.kind, _joined(last.text, clean(line)), last.level, last.ordered))
        elif clean(line):
            blocks.append(Block("paragraph", clean(line)))
    return [block for block in blocks if block.text]


def _joined(before: str, after: str) -> str:
    """Two lines of one paragraph; a word broken at the line end is made whole."""
    if re.search(r"[^\W\d_]-\Z", before) and re.match(r"[a-zà-ÿ]", after) and not re.match(r"(?:en|of)\b", after):
        return before[:-1] + after
    return f"{before} {after}"


def read_markdown(raw: bytes) -> Converted:
    """Markdown goes through as it is, cleaned of control characters; its front matter is given as a property."""
    text, warning = decode(raw)
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\u200b-\u200d\ufeff]", "", text)
    front = _FRONT.match(text)
    body = text[front.end() :] if front else text
    if not body.strip():
        raise ConversionError("er staat geen tekst onder de gegevens.")
    properties = {"front": front.group(1)} if front else {}
    return Converted((Block("raw", body.strip() + "\n"),), properties, (warning,) if warning else ())
