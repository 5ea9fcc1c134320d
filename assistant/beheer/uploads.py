"""Files that were offered: kept in a folder each, converted in the background, shown and corrected before accepting."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import secrets
import shutil
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

from assistant.add import current, prepare, vocabulary
from assistant.beheer.accounts import FOLDER
from assistant.beheer.state import now
from assistant.convert.edition import Edition
from assistant.convert.preview import Preview, compose, with_text
from assistant.convert.sniff import MAX_FILE, shown_name, slug
from assistant.errors import AssistantError, ConversionError, FailedError, UsageError
from assistant.filing import write_whole

MOST_WAITING = 50
NEW = ""
_ID = re.compile(r"[0-9a-f]{16}")
_PIECE = 1 << 20
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Upload:
    """One offered file. `problem` says why it cannot be added; `edited` is the text as the maintainer left it.

    `accepted`: it was part of a proposal that expired; it does not expire itself.
    """

    id: str
    name: str
    who: str
    when: str
    problem: str = ""
    edited: str = ""
    replaces: str | None = None
    accepted: bool = False


class Uploads:
    """All offered files of one index folder. `corpus` gives the folder that a file would be added to now."""

    def __init__(self, index: Path, corpus: Callable[[], Path]) -> None:
        self.folder = index / FOLDER / "uploads"
        self._corpus = corpus
        self._lock = threading.Lock()
        # One at a time: a parser may take a processor and over a gigabyte.
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="beheer-lezen")
        self._previews: dict[str, Preview] = {}
        self._reading: set[str] = set()

    def receive(self, name: str, content: BinaryIO, who: str) -> Upload:
        """Store a file and begin to read it.

        Raises:
            UsageError: it is too large, or too many are waiting.
            FailedError: the disk refuses.
        """
        if len(self.all()) >= MOST_WAITING:
            raise UsageError(f"Er staan al {MOST_WAITING} bestanden klaar. Handel die eerst af.")
        shown = shown_name(name)
        upload = Upload(secrets.token_hex(8), shown, who, now())
        folder = self.folder / upload.id
        try:
            folder.mkdir(parents=True)
            with (folder / _file_name(shown)).open("wb") as file:
                size = 0
                while piece := content.read(_PIECE):
                    size += len(piece)
                    if size > MAX_FILE:
                        raise UsageError(f"{shown} is groter dan {MAX_FILE // 1_000_000} MB en is niet bewaard.")
                    file.write(piece)
            self._keep(upload)
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise FailedError(f"{shown} kon niet worden bewaard ({error.strerror}). Maak ruimte.") from error
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self.read(upload.id)
        return upload

    def give_back(self, original: Path, text: str, who: str, replaces: str) -> None:
        """Offer a file again that was accepted before, with its text as it was corrected; doing it twice is once."""
        content = original.read_bytes()
        id = hashlib.sha256(content + text.encode()).hexdigest()[:16]
        folder = self.folder / id
        folder.mkdir(parents=True, exist_ok=True)
        upload = Upload(id, original.name, who, now(), edited=text, replaces=replaces, accepted=True)
        write_whole(folder / _file_name(upload.name), content)
        self._keep(upload)

    def folders(self) -> list[Path]:
        """The folder of each offered file, also of one that a crash left half."""
        return [path for path in self.folder.glob("*") if _ID.fullmatch(path.name)]

    def all(self) -> list[Upload]:
        """What is waiting, the newest first."""
        found = [self.of(path.name) for path in self.folders()]
        return sorted((upload for upload in found if upload), key=lambda upload: (upload.when, upload.id), reverse=True)

    def of(self, id: str) -> Upload | None:
        """One upload, or None when it is gone."""
        if not _ID.fullmatch(id):
            return None
        try:
            return Upload(**json.loads((self.folder / id / "upload.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None  # handled by someone else in the meantime

    def read(self, id: str) -> None:
        """Convert a file in the background, against the corpus as it is now; corrections stay."""
        with self._lock:
            if id in self._reading:
                return
            self._reading.add(id)
            self._previews.pop(id, None)
        self._reader.submit(self._convert, id)

    def preview(self, id: str) -> Preview | None:
        """What adding it would do, with the corrections; None while it is read or when it cannot be.

        After a restart it is read anew.
        """
        with self._lock:
            found, busy = self._previews.get(id), id in self._reading
        upload = self.of(id)
        if found is None and not busy and upload and not upload.problem:
            self.read(id)
        return found

    def reading(self, id: str) -> bool:
        """Whether a file is being read now, or waits for that."""
        with self._lock:
            return id in self._reading

    def correct(self, id: str, values: Mapping[str, str], body: str, replaces: str | None) -> Preview:
        """Take over what the maintainer changed.

        Args:
            id: of the upload.
            values: front matter, by key.
            body: the Markdown below it.
            replaces: id of the document that it is a new edition of; NEW for none.

        Raises:
            UsageError: it is gone, or there is no title or no text.
        """
        upload = self.of(id)
        if upload is None:
            raise UsageError("Dit bestand staat niet meer klaar; iemand anders heeft het afgehandeld.")
        if not values.get("title", "").strip():
            raise UsageError("Een document heeft een titel nodig.")
        if not body.strip():
            raise UsageError("Er is geen tekst over. Laat ten minste één alinea staan.")
        text = compose(values, body.replace("\r\n", "\n").lstrip("\n"))
        upload = replace(upload, edited=text, replaces=replaces)
        self._keep(upload)
        preview = self.preview(id)
        if preview is None:
            raise UsageError("Uw wijzigingen zijn bewaard. Het bestand wordt nog gelezen; ga verder als dat klaar is.")
        changed = self._with(preview, upload)
        with self._lock:
            self._previews[id] = changed
        return changed

    def remove(self, id: str) -> None:
        """Forget an upload."""
        if _ID.fullmatch(id):
            with self._lock:
                self._previews.pop(id, None)
            shutil.rmtree(self.folder / id, ignore_errors=True)

    def fail(self, id: str, why: str) -> None:
        """Keep why an upload could not be added."""
        if upload := self.of(id):
            self._keep(replace(upload, problem=why))

    def _convert(self, id: str) -> None:
        try:
            upload = self.of(id)
            if upload is None:
                return
            try:
                preview = prepare(self.folder / id / _file_name(upload.name), self._corpus())
                preview = replace(preview, source=replace(preview.source, name=upload.name))
                if upload.edited:
                    preview = self._with(preview, upload)
                with self._lock:
                    self._previews[id] = preview
                if upload.problem:
                    self._keep(replace(upload, problem=""))
            except AssistantError as error:
                self.fail(id, str(error))
            except Exception:
                _LOG.exception("an upload could not be read")
                self.fail(id, f"{upload.name}: het lezen is door een fout afgebroken. De oorzaak staat in het logboek "
                          "van de server.")  # fmt: skip
        finally:
            with self._lock:
                self._reading.discard(id)

    def _with(self, preview: Preview, upload: Upload) -> Preview:
        """The preview with the corrections of an upload."""
        corpus = self._corpus()
        if upload.replaces == NEW:
            title = next((p.value for p in preview.proposals if p.key == "title"), preview.id)
            taken = {document.id for document in current(corpus)}
            wanted = slug(_title(upload.edited) or title)
            name = next(n for n in (wanted, *(f"{wanted}-{i}" for i in range(2, 1_000))) if n not in taken)
            preview = replace(preview, id=name, edition=None)
        elif upload.replaces is not None:
            document = next((document for document in current(corpus) if document.id == upload.replaces), None)
            if document is None:
                raise ConversionError(f"Het document {upload.replaces} is er niet meer. Kies een ander.")
            recognised = preview.edition and preview.edition.document.id == document.id
            if not recognised:
                preview = replace(preview, edition=Edition(document, 0.0, "gekozen door de beheerder"))
            preview = replace(preview, id=document.id)
        return with_text(preview, upload.edited, vocabulary(corpus))

    def _keep(self, upload: Upload) -> None:
        write_whole(self.folder / upload.id / "upload.json", json.dumps(asdict(upload), ensure_ascii=False))


def _title(text: str) -> str:
    from assistant.add import parts

    return parts(text)[0].get("title", "")


def _file_name(name: str) -> str:
    """A safe name on disk that keeps what the reader needs: the stem, for a title, and the suffix, for the format."""
    stem, suffix = Path(name).stem, Path(name).suffix
    return slug(stem) + (suffix.lower() if re.fullmatch(r"\.[A-Za-z0-9]{1,8}", suffix) else "")
