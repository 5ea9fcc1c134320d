"""Files → documents: reads a folder of Markdown, with or without front matter, and names every problem it meets."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from assistant.errors import CorpusError
from assistant.types import Document

MAX_BYTES = 50_000_000
# Folders of the corpus that hold no documents: originals, and what maintainers keep beside the documents.
_NOT_DOCUMENTS = {"originals", "questions", "pathways"}
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)(?:\r?\n)?^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#{1,3}[ \t]+(.+?)[ \t]*#*[ \t]*\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about one file that a maintainer should know. `fatal`: the file is not in the index."""

    file: str
    message: str
    fatal: bool = False

    def __str__(self) -> str:
        return f"{self.file}: {self.message}"


def corpus_files(folder: Path) -> Iterator[Path]:
    """The Markdown files of a corpus folder, nested ones too, in a fixed order.

    Raises:
        CorpusError: when the folder is missing, is no folder or cannot be listed.
    """
    if not folder.exists():
        raise CorpusError(f"De map met documenten {folder} bestaat niet. Geef een bestaande map met --corpus.")
    if not folder.is_dir():
        raise CorpusError(f"{folder} is geen map. Geef met --corpus een map met Markdown-bestanden.")
    try:
        found = sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix())
    except OSError as error:
        raise CorpusError(f"De map {folder} kan niet worden gelezen ({error.strerror}). Controleer de rechten.") from error
    for path in found:
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") for part in parts)
        if path.suffix.lower() in {".md", ".markdown"} and not hidden and parts[0] not in _NOT_DOCUMENTS and path.is_file():
            yield path


def read_corpus(folder: Path, as_of: date | None = None) -> tuple[list[Document], list[Problem]]:
    """Read every document of a corpus folder; a file that cannot be read is a problem, never the end of the others.

    Args:
        folder: with Markdown files.
        as_of: gives the documents that held on that day; None gives those that hold now, without the superseded ones.

    Raises:
        CorpusError: when the folder cannot be read or holds no readable document at all.
    """
    documents: list[Document] = []
    problems: list[Problem] = []
    for path in corpus_files(folder):
        document, found = read_document(path, folder, as_of)
        problems += found
        if document is not None:
            documents.append(document)
    if not documents:
        why = "; ".join(str(problem) for problem in problems[:5])
        raise CorpusError(
            f"In {folder} staan geen leesbare Markdown-documenten (*.md){': ' + why if why else ''}. "
            "Voeg documenten toe of geef een andere map met --corpus."
        )
    return documents, problems


def read_document(path: Path, folder: Path, as_of: date | None = None) -> tuple[Document | None, list[Problem]]:
    """Read one file. Gives the document, or None when it is to be left out, and the problems found."""
    file = path.relative_to(folder).as_posix()
    try:
        if path.stat().st_size > MAX_BYTES:
            return None, [Problem(file, f"groter dan {MAX_BYTES // 1_000_000} MB, overgeslagen; splits het bestand", True)]
        raw = path.read_bytes()
    except OSError as error:
        return None, [Problem(file, f"kan niet worden gelezen ({error.strerror}); controleer de rechten", True)]
    text, problems = _decode(raw, file)
    if text is None or not text.strip("\ufeff \t\r\n\x00"):
        return None, problems or [Problem(file, "is leeg, overgeslagen", True)]
    meta, body_start, found = _front_matter(text, file)
    problems += found
    if meta.get("index") is False or not _in_force(meta, as_of):
        return None, []
    if not text[body_start:].strip():
        return None, [*problems, Problem(file, "heeft geen tekst onder de kop met gegevens, overgeslagen", True)]
    heading = _HEADING.search(text, body_start)
    title = _line(meta, "title", "titel") or (heading.group(1).strip() if heading else path.stem.replace("-", " "))
    return Document(
        id=Path(file).with_suffix("").as_posix(),
        file=file,
        title=title,
        text=text,
        sha256=hashlib.sha256(raw).hexdigest(),
        body_start=body_start,
        language=_line(meta, "language", "lang", "taal") or "nl",
        publisher=_line(meta, "publisher", "uitgever"),
        kind=_line(meta, "kind"),
        date=_line(meta, "date", "datum"),
        status=_line(meta, "status"),
        url=_web(_line(meta, "url", "source", "bron")),
        contact=_line(meta, "contact"),
        audience=_list(meta.get("audience")),
        original=_line(meta, "original"),
        original_sha256=_line(meta, "sha256"),
    ), problems


def _decode(raw: bytes, file: str) -> tuple[str | None, list[Problem]]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return raw.decode("utf-16"), [Problem(file, "is UTF-16; gelezen, maar sla het op als UTF-8")]
        except UnicodeDecodeError:
            return None, [Problem(file, "is beschadigde UTF-16, overgeslagen; sla het op als UTF-8", True)]
    if b"\x00" in raw[:4096]:
        return None, [Problem(file, "is geen tekst maar een binair bestand, overgeslagen", True)]
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError:
        # Every byte means something in Windows-1252 but five; those become the replacement character.
        return raw.decode("cp1252", errors="replace"), [
            Problem(file, "is geen UTF-8; gelezen als Windows-1252. Sla het op als UTF-8")
        ]


def _in_force(meta: dict[str, object], as_of: date | None) -> bool:
    """Whether a document holds: now, or on a given day. An edition without `valid-from` has held from the start."""
    superseded = str(meta.get("status")).strip().lower() == "vervangen"
    if as_of is None:
        return not superseded
    since, until = str(meta.get("valid-from") or ""), str(meta.get("valid-until") or "")
    if superseded and not until:
        return False
    # Dates are written as 2024-05-31, which sorts as it counts.
    return since <= as_of.isoformat() and (not until or as_of.isoformat() < until)


def _front_matter(text: str, file: str) -> tuple[dict[str, object], int, list[Problem]]:
    match = _FRONT.match(text)
    if match is None:
        return {}, 1 if text.startswith("\ufeff") else 0, []
    try:
        meta = yaml.safe_load(match.group(1))
    except (yaml.YAMLError, ValueError) as error:
        where = getattr(getattr(error, "problem_mark", None), "line", None)
        line = f" op regel {where + 2}" if where is not None else ""
        return {}, match.end(), [Problem(file, f"kapotte front matter{line}; de tekst is wel gelezen, de gegevens niet")]
    if meta is None:
        return {}, match.end(), []
    if not isinstance(meta, dict):
        # A thematic break on the first line, not front matter: all of it is text.
        return {}, 0, []
    return {str(key).lower(): value for key, value in meta.items()}, match.end(), []


def _line(meta: dict[str, object], *names: str) -> str | None:
    for name in names:
        value = meta.get(name)
        if value is not None and not isinstance(value, dict | list) and str(value).strip():
            return re.sub(r"[\x00-\x1f\x7f]+", " ", str(value)).strip()[:300]
    return None


def _list(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _web(value: str | None) -> str | None:
    return value if value and re.match(r"https?://", value) else None
