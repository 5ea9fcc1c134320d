"""What is left lying: an offered file that nobody touches goes, a proposal falls back to the files it was made of."""

from __future__ import annotations

import logging
import shutil
import time
from contextlib import suppress
from pathlib import Path

from assistant.add import current
from assistant.beheer.uploads import NEW, Uploads
from assistant.beheer.workbench import Workbench
from assistant.errors import AssistantError
from assistant.written_questions import bank_file, drafts_file, read_written, write_written

# How long an offered file, and a proposal, may lie untouched.
UPLOAD_DAYS, PROPOSAL_DAYS = 30, 90
NOBODY = "opgeruimd"
_DAY = 86_400
_LOG = logging.getLogger(__name__)


def tidy(bench: Workbench, uploads: Uploads, now: float | None = None) -> None:
    """Clean up what has expired. What was accepted once is never lost: a file is offered again, questions are drafts
    again, and both stay.

    Args:
        bench: holds the proposal.
        uploads: hold the offered files.
        now: seconds since 1970; the clock by default.
    """
    now = time.time() if now is None else now
    try:
        _proposal(bench, uploads, now)
        _uploads(bench, uploads, now)
    except (AssistantError, OSError):
        # A maintainer is at work, or the disk refuses: nothing is lost, and the next visit tries again.
        _LOG.warning("what has expired could not be cleaned up", exc_info=True)


def _proposal(bench: Workbench, uploads: Uploads, now: float) -> None:
    proposal = bench.proposal()
    if proposal is None or proposal.stage == "building" or _age(bench.place.file, now) < PROPOSAL_DAYS:
        return
    known = {document.id: document for document in current(bench.place.stage)}
    for change in proposal.changes:
        document = known.get(change.document)
        if change.what == "bank":
            _questions(bench, change.document)
        if change.what not in {"added", "replaced"} or document is None or not document.original:
            continue
        original = bench.place.stage / document.original
        if original.is_file():
            uploads.give_back(original, document.text, change.who, document.id if change.what == "replaced" else NEW)
    bench.discard(proposal.candidate, NOBODY, "expired")


def _questions(bench: Workbench, document: str) -> None:
    """Questions that were taken over into the proposal are drafts again; abbreviations the text itself proposes."""
    known = {row.place for row in read_written(bank_file(bench.corpus, document))}
    taken = [row for row in read_written(bank_file(bench.place.stage, document)) if row.place not in known]
    if taken:
        file = drafts_file(bench.index, document)
        write_written(file, document, [*read_written(file), *taken])


def _uploads(bench: Workbench, uploads: Uploads, now: float) -> None:
    for folder in uploads.folders():
        kept = folder / "upload.json"
        if not kept.is_file():
            # What a crash left of a file that was being received.
            if _age(folder, now) >= 1:
                shutil.rmtree(folder, ignore_errors=True)
            continue
        upload = uploads.of(folder.name)
        if upload and not upload.accepted and not uploads.reading(upload.id) and _age(kept, now) >= UPLOAD_DAYS:
            bench.audit.write(NOBODY, "expired", detail=upload.name)
            uploads.remove(upload.id)


def _age(path: Path, now: float) -> float:
    """Days since a file was last written; what is gone by now has no age."""
    with suppress(FileNotFoundError):
        return (now - path.stat().st_mtime) / _DAY
    return 0.0
