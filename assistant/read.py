"""Files → documents: reads a folder of Markdown, with or without front matter, and names every problem it meets."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import yaml

from assistant.convert.pages import kept_starts, offsets
from assistant.errors import CorpusError
from assistant.types import Document

MAX_BYTES = 50_000_000
# Folders of the corpus that hold no documents: originals, and what maintainers keep beside the documents.
_NOT_DOCUMENTS = {"originals", "questions", "pathways"}
_FRONT = re.compile(
    r"\A\ufeff?---[ \t]*\r?\n(.*?)(?:\r?\n)?^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)
# Front matter that was begun: a first line of three dashes and a second with a name and a colon.
_OPEN = re.compile(r"\A\ufeff?---[ \t]*\r?\n[A-Za-z_]+:(?:\s|\Z)")
_HEADING = re.compile(r"^#{1,3}[ \t]+(\S.*)$", re.MULTILINE)
# More than this is no front matter that a person wrote; the YAML reader would need minutes for it.
_LONGEST_FRONT = 50_000


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about one file that a maintainer should know. `fatal`: the file is not in the index."""

    file: str
    message: str
    fatal: bool = False

    def __str__(self) -> str:
        return f"{self.file}: {self.message}"


def corpus_files(folder: Path) -> Iterator[Path]:
    """The Markdown files of a corpus folder, nested ones too, in a fixed order; links to folders are not followed.

    Raises:
        CorpusError: when the folder is missing, is no folder or cannot be listed.
    """
    yield from _list_files(folder)[0]


def _list_files(folder: Path) -> tuple[list[Path], list[Problem]]:
    """Paths to read, and what was seen but cannot be read."""
    paths: list[Path] = []
    problems: list[Problem] = []
    for root, subfolders, names in os.walk(folder, onerror=lambda error: _unlisted(error, folder, problems)):
        place = Path(root)
        hidden = {name for name in subfolders if name.startswith(".")}
        subfolders[:] = sorted(set(subfolders) - hidden - (_NOT_DOCUMENTS if place == folder else set()))
        for name in names:
            path = place / name
            file = path.relative_to(folder).as_posix()
            if name.startswith(".") or path.suffix.lower() not in {".md", ".markdown"}:
                continue
            if not _encodable(file):
                problems.append(Problem(repr(file), "de bestandsnaam is geen UTF-8, overgeslagen; hernoem het", True))
            else:
                paths.append(path)
    return sorted(paths, key=lambda path: path.relative_to(folder).as_posix()), problems


def _unlisted(error: OSError, folder: Path, problems: list[Problem]) -> None:
    """A folder that cannot be listed: the end when it is the corpus itself, a problem when it lies in it."""
    if Path(error.filename) != folder:
        file = repr(os.fsdecode(error.filename))[1:-1].removeprefix(f"{folder}/")
        problems.append(Problem(file, f"map kan niet worden gelezen ({error.strerror}); controleer de rechten", True))
    elif isinstance(error, FileNotFoundError):
        raise CorpusError(
            f"De map met documenten {folder} bestaat niet. Geef een bestaande map met --corpus."
        ) from error
    elif isinstance(error, NotADirectoryError):
        raise CorpusError(f"{folder} is geen map. Geef met --corpus een map met Markdown-bestanden.") from error
    else:
        raise CorpusError(
            f"De map {folder} kan niet worden gelezen ({error.strerror}). Controleer de rechten."
        ) from error


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def read_corpus(folder: Path, as_of: date | None = None) -> tuple[list[Document], list[Problem]]:
    """Read every document of a corpus folder; a file that cannot be read is a problem, never the end of the others.

    Args:
        folder: with Markdown files.
        as_of: gives the documents that held on that day; None gives those that hold now, without the superseded ones.

    Raises:
        CorpusError: when the folder cannot be read or holds no readable document at all.
    """
    paths, problems = _list_files(folder)
    documents: dict[str, Document] = {}
    for path in paths:
        document, found = read_document(path, folder, as_of)
        problems += found
        if document is not None and document.id in documents:
            # Two files with one stem: the second is known by its whole name.
            document = replace(document, id=document.file)
        if document is not None:
            documents[document.id] = document
    if not documents:
        why = "; ".join(str(problem) for problem in problems[:5])
        raise CorpusError(
            f"In {folder} staan geen leesbare Markdown-documenten (*.md){': ' + why if why else ''}. "
            "Voeg documenten toe of geef een andere map met --corpus."
        )
    return list(documents.values()), problems


def read_document(path: Path, folder: Path, as_of: date | None = None) -> tuple[Document | None, list[Problem]]:
    """Read one file. Gives the document, or None when it is to be left out, and the problems found."""
    file = path.relative_to(folder).as_posix()
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return None, [Problem(file, "is geen gewoon bestand, overgeslagen", True)]
        if status.st_size > MAX_BYTES:
            return None, [
                Problem(file, f"groter dan {MAX_BYTES // 1_000_000} MB, overgeslagen; splits het bestand", True)
            ]
        raw = path.read_bytes()
    except OSError as error:
        return None, [Problem(file, f"kan niet worden gelezen ({error.strerror}), overgeslagen", True)]
    text, problems = _decode(raw, file)
    if text is None:
        return None, problems
    if not text.strip("\ufeff \t\r\n\x00"):
        return None, [Problem(file, "is leeg, overgeslagen", True)]
    meta, body_start, found = _front_matter(text, file)
    problems += found
    if meta.get("index") is False or not _in_force(meta, as_of):
        return None, []
    if not text[body_start:].strip():
        return None, [*problems, Problem(file, "heeft geen tekst onder de kop met gegevens, overgeslagen", True)]
    original = _line(meta, "original")
    title = _line(meta, "title", "titel") or _heading(text, body_start) or path.stem.replace("-", " ")
    return Document(
        # An earlier edition goes by the name of its document: questions, links and evals know it by that.
        id=(as_of and _line(meta, "edition-of")) or Path(file).with_suffix("").as_posix(),
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
        original=original,
        original_sha256=_line(meta, "sha256"),
        pages=offsets(kept_starts(folder, original), text, body_start),
    ), problems


def _decode(raw: bytes, file: str) -> tuple[str | None, list[Problem]]:
    for marks, name in (((b"\xff\xfe\0\0", b"\0\0\xfe\xff"), "UTF-32"), ((b"\xff\xfe", b"\xfe\xff"), "UTF-16")):
        if raw.startswith(marks):
            try:
                return raw.decode(name), [Problem(file, f"is {name}; gelezen, maar sla het op als UTF-8")]
            except UnicodeDecodeError:
                return None, [Problem(file, f"is beschadigde {name}, overgeslagen; sla het op als UTF-8", True)]
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


def _heading(text: str, start: int) -> str | None:
    match = _HEADING.search(text, start)
    return _one_line(match.group(1).rstrip().rstrip("#")) or None if match else None


def _front_matter(text: str, file: str) -> tuple[dict[str, object], int, list[Problem]]:
    match = _FRONT.match(text)
    if match is None:
        problems = (
            [Problem(file, "front matter zonder afsluitende ---; gelezen als tekst")] if _OPEN.match(text) else []
        )
        return {}, 1 if text.startswith("\ufeff") else 0, problems
    if match.end() > _LONGEST_FRONT:
        return {}, match.end(), [Problem(file, "veel te lange front matter; de tekst is wel gelezen, de gegevens niet")]
    try:
        meta = yaml.safe_load(match.group(1))
        # A thematic break on the first line is not front matter: then all of it is text.
        named = {str(key).lower(): value for key, value in meta.items()} if isinstance(meta, dict) else {}
    except Exception as error:  # PyYAML raises whatever its converters raise: KeyError, IndexError, RecursionError …
        where = getattr(getattr(error, "problem_mark", None), "line", None)
        line = f" op regel {where + 2}" if where is not None else ""
        broken = Problem(file, f"kapotte front matter{line}; de tekst is wel gelezen, de gegevens niet")
        return {}, match.end(), [broken]
    return named, match.end() if meta is None or isinstance(meta, dict) else 0, []


def _line(meta: dict[str, object], *names: str) -> str | None:
    return next((text for name in names if (text := _text(meta.get(name)))), None)


def _list(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(text for item in items if (text := _text(item)))


def _text(value: object) -> str:
    """A single value as text. Numbers of thousands of digits and nested values (which may share parts) are left out."""
    if isinstance(value, str | float | date) or (isinstance(value, int) and value.bit_length() < 64):
        return _one_line(str(value))
    return ""


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+", " ", text[:2000]).strip()[:300].rstrip()


def _web(value: str | None) -> str | None:
    return value if value and re.match(r"https?://", value) else None
