"""A file → what it really is: format by its first bytes, size and archive limits, before any parser sees it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.errors import ConversionError

Kind = Literal["pdf", "docx", "html", "markdown", "text", "image"]
MAX_FILE = 100_000_000
MAX_ARCHIVE = 200_000_000
MAX_PART = 60_000_000
MAX_RATIO = 100
MAX_ENTRIES = 2_000
_RATIO_COUNTS_FROM = 1_000_000
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_NAMES: dict[Kind, str] = {
    "pdf": "PDF",
    "docx": "Word (DOCX)",
    "html": "een webpagina",
    "markdown": "Markdown",
    "text": "platte tekst",
    "image": "een afbeelding",
}
_EXTENSIONS: dict[str, Kind] = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".docm": "docx",
    ".htm": "html",
    ".html": "html",
    ".xhtml": "html",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".png": "image",
    ".jpg": "image",
    ".jpeg": "image",
    ".tif": "image",
    ".tiff": "image",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A file that may be parsed: its real format, and a warning when its name says another."""

    path: Path
    name: str
    kind: Kind
    size: int
    sha256: str
    warning: str = ""


def sniff(path: Path) -> Source:
    """Look at a file without parsing it.

    Raises:
        ConversionError: the file is missing, empty, too large, of a format we cannot read, an archive bomb, or no
            more than its name promises.
    """
    name = shown_name(path.name)
    try:
        size = path.stat().st_size if path.is_file() else -1
        if size < 0:
            raise ConversionError(f"{name}: is er niet of is geen bestand. Controleer de naam.")
        if size == 0:
            raise ConversionError(f"{name}: is leeg (0 bytes). Sla het document opnieuw op en probeer het nog eens.")
        if size > MAX_FILE:
            raise ConversionError(
                f"{name}: is {size / 1e6:.0f} MB; meer dan {MAX_FILE // 1_000_000} MB wordt niet gelezen. Splits "
                f"het of verklein de afbeeldingen."
            )
        with path.open("rb") as file:
            head = file.read(4096)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ConversionError(f"{name}: kan niet worden gelezen ({error.strerror}). Controleer de rechten.") from error
    kind = _kind(path, name, head)
    return Source(path, name, kind, size, digest, _name_warning(name, path.suffix.lower(), kind))


def _kind(path: Path, name: str, head: bytes) -> Kind:
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(path, name)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise ConversionError(_old_office(path, name))
    if head.startswith(_IMAGES):
        return "image"
    if head.startswith(b"{\\rtf"):
        raise ConversionError(f"{name}: is RTF, dat wordt niet gelezen. Sla het in Word op als DOCX.")
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")) and head.count(b"\x00"):
        raise ConversionError(
            f"{name}: is geen document dat we herkennen (PDF, DOCX, HTML, Markdown of tekst). Sla het op als een "
            f"daarvan."
        )
    if re.search(rb"<!doctype\s+html|<html[\s>]", head.replace(b"\x00", b""), re.IGNORECASE):
        return "html"
    if re.match(rb"\s*(?:\xef\xbb\xbf)?<\?xml", head):
        raise ConversionError(f"{name}: is XML, dat wordt niet gelezen. Sla het op als DOCX, PDF of HTML.")
    return (
        "markdown"
        if path.suffix.lower() in {".md", ".markdown"}
        else "html"
        if path.suffix.lower() in {".htm", ".html"}
        else "text"
    )


def _archive(path: Path, name: str) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ConversionError(
            f"{name}: is beschadigd; het bestand is niet compleet. Haal het opnieuw op of sla het opnieuw op."
        ) from error
    names = {entry.filename for entry in entries}
    total = sum(entry.file_size for entry in entries)
    swollen = any(
        entry.file_size > _RATIO_COUNTS_FROM and entry.file_size > MAX_RATIO * max(1, entry.compress_size)
        for entry in entries
    )
    if (
        len(entries) > MAX_ENTRIES
        or total > MAX_ARCHIVE
        or swollen
        or any(e.file_size > MAX_PART and e.filename.endswith(".xml") for e in entries)
    ):
        raise ConversionError(
            f"{name}: pakt uit tot {total / 1e6:.0f} MB in {len(entries)} delen, veel meer dan een document nodig "
            f"heeft. "
            "Het is niet geopend; sla het document opnieuw op vanuit Word."
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise ConversionError(f"{name}: is met een wachtwoord beveiligd. Sla het op zonder wachtwoord.")
    if "word/document.xml" in names:
        return "docx"
    other = (
        "OpenDocument"
        if "content.xml" in names
        else "Excel"
        if any(n.startswith("xl/") for n in names)
        else ("PowerPoint" if any(n.startswith("ppt/") for n in names) else "een zip-bestand")
    )
    raise ConversionError(
        f"{name}: is {other}, dat wordt niet gelezen. Sla het op als DOCX of PDF, of pak het eerst uit."
    )


def _old_office(path: Path, name: str) -> str:
    if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        return f"{name}: is met een wachtwoord beveiligd. Sla het in Word op zonder wachtwoord."
    return f"{name}: is het oude Word-formaat (.doc), dat wordt niet gelezen. Sla het in Word op als DOCX."


def _name_warning(name: str, suffix: str, kind: Kind) -> str:
    promised = _EXTENSIONS.get(suffix)
    if promised is None or promised == kind or {promised, kind} <= {"text", "markdown", "html"}:
        return ""
    if promised in {"pdf", "docx", "image"} and kind in {"text", "html", "markdown"}:
        raise ConversionError(
            f"{name}: heet {suffix} maar is {_NAMES[kind]}; waarschijnlijk is het ophalen mislukt. Haal het "
            f"document opnieuw op, of geef het de juiste naam."
        )
    return f"Het bestand heet {suffix} maar is {_NAMES[kind]}; het is als {_NAMES[kind]} gelezen."


def shown_name(name: str) -> str:
    """The last part of a name, without control characters and not too long: safe in messages."""
    last = re.split(r"[/\\]", name)[-1]
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "", last)[:120] or "bestand"


def slug(text: str) -> str:
    """A file name of lower-case letters, digits and hyphens: what an id is made of, never a path."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-") or "document"
