"""New documents into the corpus: sniff → convert → preview → accept. Nothing is replaced before all is written."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from assistant.convert.front import front_matter, iso_date
from assistant.convert.pages import pages_file, written
from assistant.convert.preview import Preview, make_preview
from assistant.convert.sandbox import Limits
from assistant.convert.sniff import Kind, sniff
from assistant.errors import ConversionError, CorpusError, FailedError
from assistant.filing import copy_whole, corpus_lock, write_whole
from assistant.read import read_corpus
from assistant.types import Document
from assistant.vocabulary import Vocabulary, load_vocabulary

ARCHIVE = "archive"
_SUFFIX: dict[Kind, str] = {
    "pdf": ".pdf",
    "docx": ".docx",
    "html": ".html",
    "markdown": ".md",
    "text": ".txt",
    "image": ".png",
}
_FRONT = re.compile(r"\A---\n(.*?)\n---\n\n?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Added:
    """What accepting a preview did. `archived`: where the earlier edition went; `changed`: it was not there yet."""

    id: str
    file: str
    original: str
    archived: str | None
    changed: bool = True


def expand(paths: Iterable[Path]) -> list[Path]:
    """Files as they are, folders as the files in them, hidden ones left out."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(inner for inner in path.rglob("*") if inner.is_file())
            found += [
                inner for inner in inside if not any(part.startswith(".") for part in inner.relative_to(path).parts)
            ]
        else:
            found.append(path)
    return found


def prepare(
    path: Path, corpus: Path, *, id: str | None = None, limits: Limits | None = None, ocr: bool = True
) -> Preview:
    """Convert one file and show what adding it would do; the corpus is only read.

    Raises:
        ConversionError: the file cannot be converted.
        VocabularyError: corpus/vocabulary.yaml is not valid.
    """
    source = sniff(path)
    return make_preview(source, current(corpus), vocabulary(corpus), id=id, limits=limits, ocr=ocr)


def current(corpus: Path) -> list[Document]:
    """The documents that hold now; a corpus that is still empty has none."""
    try:
        return read_corpus(corpus)[0]
    except CorpusError:
        # The first document of a new corpus: the folder is empty or is made on accepting.
        return []


def vocabulary(corpus: Path) -> Vocabulary:
    """The corpus's own vocabulary, which tells actors, domains and aspects."""
    return load_vocabulary(corpus / "vocabulary.yaml")


def accept(preview: Preview, corpus: Path, *, today: date | None = None) -> Added:
    """Add a previewed document: its original, then the archived earlier edition, then the document itself.

    A crash between these leaves the earlier edition current; doing it again completes the work.

    Args:
        preview: from `prepare`, corrected or not.
        corpus: folder; made when missing.
        today: from when the new edition holds if it names no date itself.

    Raises:
        ConversionError: the file or the earlier edition changed since the preview.
        FailedError: the corpus cannot be written, or another addition is busy.
    """
    if preview.known_as:
        return Added(preview.id, preview.known_as, "", None, changed=False)
    try:
        with corpus_lock(corpus):
            return _write_all(preview, corpus, today or date.today())
    except OSError as error:
        raise FailedError(
            f"{preview.source.name}: kan niet in {corpus} worden geschreven ({error.strerror or error}). Maak "
            f"ruimte of controleer de rechten; er is niets vervangen."
        ) from error


def _write_all(preview: Preview, corpus: Path, today: date) -> Added:
    target = corpus / (preview.edition.document.file if preview.edition else f"{preview.id}.md")
    old = _unchanged(preview, target)
    original = f"originals/{preview.id.replace('/', '-')}-{preview.source.sha256[:8]}{_SUFFIX[preview.source.kind]}"
    values, body = parts(preview.text)
    since = ""
    if preview.edition:
        since = values.get("valid-from") or iso_date(values.get("date", "")) or today.isoformat()
        values["valid-from"] = since
    values |= {"original": original, "sha256": preview.source.sha256}
    copy_whole(preview.source.path, corpus / original, preview.source.sha256)
    if preview.pages:
        write_whole(corpus / pages_file(original), written(preview.pages))
    archived = _archive(corpus, preview.id, old, since) if preview.edition else None
    write_whole(target, front_matter(values) + body)
    return Added(preview.id, target.relative_to(corpus).as_posix(), original, archived)


def withdraw(document: Document, corpus: Path, *, today: date | None = None) -> str:
    """Take a document out of what holds now; it stays in the archive for questions about an earlier day.

    Returns:
        Where it went.

    Raises:
        FailedError: it changed since it was read, or the corpus cannot be written.
    """
    target = corpus / document.file
    try:
        with corpus_lock(corpus):
            if not target.is_file() or hashlib.sha256(target.read_bytes()).hexdigest() != document.sha256:
                raise FailedError(f"{document.file} is intussen gewijzigd of weg. Bekijk de documenten opnieuw.")
            archived = _archive(corpus, document.id, document.text, (today or date.today()).isoformat())
            target.unlink()
    except OSError as error:
        raise FailedError(
            f"{document.file} kan niet worden weggehaald ({error.strerror or error}). Controleer de rechten."
        ) from error
    return archived


def _unchanged(preview: Preview, target: Path) -> str:
    """The text of the earlier edition, which must be what the preview saw."""
    if preview.edition is None:
        if target.exists():
            raise ConversionError(
                f"{preview.source.name}: er is intussen een document {target.name}. Bekijk de wijziging opnieuw."
            )
        return ""
    raw = target.read_bytes() if target.is_file() else b""
    if hashlib.sha256(raw).hexdigest() != preview.edition.document.sha256:
        raise ConversionError(
            f"{preview.source.name}: {target.name} is intussen gewijzigd. Bekijk de wijziging opnieuw."
        )
    return preview.edition.document.text


def _archive(corpus: Path, id: str, old: str, until: str) -> str:
    """Write the earlier edition as superseded; the same text a second time, after a crash, is the same file."""
    values, body = parts(old)
    text = front_matter({**values, "status": "vervangen", "valid-until": until, "edition-of": id}) + body
    for number in range(1, 1000):
        name = f"{ARCHIVE}/{id.replace('/', '-')}-tot-{until}{'' if number == 1 else f'-{number}'}.md"
        place = corpus / name
        if not place.exists():
            write_whole(place, text)
            return name
        if place.read_text(encoding="utf-8") == text:
            return name
    raise FailedError(f"Er zijn te veel eerdere versies van {id} op {until}. Ruim de map {ARCHIVE} op.")


def parts(text: str) -> tuple[dict[str, str], str]:
    """Front matter as plain values, and the body as it is.

    Raises:
        ConversionError: the maintainer's correction broke the block between the dashes.
    """
    match = _FRONT.match(text.replace("\r\n", "\n"))
    if match is None:
        return {}, text
    try:
        values = yaml.safe_load(match.group(1)) or {}
    except (yaml.YAMLError, ValueError) as error:
        raise ConversionError(
            "De gegevens tussen de streepjes bovenaan zijn geen geldige YAML. Herstel ze en probeer opnieuw."
        ) from error
    if not isinstance(values, dict):
        return {}, text
    shown = {
        str(k): ", ".join(map(str, v)) if isinstance(v, list) else str(v) for k, v in values.items() if v is not None
    }
    return shown, text.replace("\r\n", "\n")[match.end() :]


def add_all(paths: Sequence[Path], corpus: Path) -> Iterator[tuple[Path, Preview | ConversionError]]:
    """Prepare files one by one; one that cannot be converted is given as its error, and the rest goes on."""
    for path in expand(paths):
        try:
            yield path, prepare(path, corpus)
        except ConversionError as error:
            yield path, error
