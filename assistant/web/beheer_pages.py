"""What each page of Beheer on documents does with a request of a maintainer, once that has been let in."""

from __future__ import annotations

from collections.abc import Callable

from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile

from assistant.abbreviations import named
from assistant.add import current, vocabulary
from assistant.beheer.documents import rows_of
from assistant.beheer.effect import blockers
from assistant.beheer.expiry import tidy
from assistant.beheer.state import Proposal
from assistant.beheer.uploads import Upload
from assistant.convert.front import KEYS
from assistant.errors import AssistantError, IndexMismatch, UsageError
from assistant.publication import failures_of, publications
from assistant.snapshot import published_id, read_manifest, snapshot_ids
from assistant.web import beheer_bank, beheer_documents, beheer_effect, beheer_insight
from assistant.web import beheer_readers as readers
from assistant.web.beheer_desk import Call, Desk, message_of, missing, page
from assistant.web.beheer_parts import ROOT, Look
from assistant.web.beheer_texts import SAY
from assistant.web.beheer_upload import upload_html
from assistant.web.beheer_versions import VERSIONS, Version, versions_html
from assistant.web.parts import address

PATH = beheer_effect.PATH


def documents(desk: Desk, call: Call, message: str = "") -> Response:
    """GET: all documents; what has expired is cleaned up first."""
    tidy(desk.bench, desk.uploads)
    rows, loose = rows_of(desk.assistant.snapshot, desk.bench.index, desk.bench.corpus)
    waiting = [(upload, desk.uploads.reading(upload.id)) for upload in desk.uploads.all()]

    def body(look: Look) -> str:
        return beheer_documents.documents_html(rows, loose, waiting, look, message or message_of(call))

    return page(desk, call, "documents", body, ROOT)


def upload(desk: Desk, call: Call) -> Response:
    """POST: files are offered; each that cannot be stored is told, and the others go on."""
    files = [file for file in call.sent.getlist("bestand") if isinstance(file, UploadFile) and file.filename]
    if not files:
        raise UsageError(SAY[call.look.language]["no_file"])
    stored: list[Upload] = []
    problems: list[str] = []
    for file in files:
        try:
            one = desk.uploads.receive(file.filename or "", file.file, call.who)
            desk.bench.audit.write(call.who, "uploaded", detail=one.name)
            stored.append(one)
        except AssistantError as error:
            problems.append(str(error))
    if problems:
        raise UsageError(" ".join(problems))
    if len(stored) == 1:
        return RedirectResponse(address(f"{ROOT}/upload/{stored[0].id}", call.look.language), 303)
    return RedirectResponse(address(ROOT, call.look.language), 303)


def one_upload(desk: Desk, call: Call, message: str = "", bad: bool = False) -> Response:
    """GET: one offered file; with `stand` only whether it has been read."""
    id = str(call.request.path_params["id"])
    found = desk.uploads.of(id)
    if call.asked("stand"):
        return JSONResponse({"ready": found is None or not desk.uploads.reading(id)})
    if found is None:
        return missing(desk, call)
    preview = desk.uploads.preview(id)
    corpus = desk.bench.stage
    known, words = current(corpus), vocabulary(corpus)

    def body(look: Look) -> str:
        return upload_html(found, preview, known, words, look, message or message_of(call), bad)

    return page(desk, call, "documents", body, ROOT, 409 if bad else 200)


def change_upload(desk: Desk, call: Call) -> Response:
    """POST: correct, accept or drop one offered file."""
    id, action = str(call.request.path_params["id"]), call.value("actie")
    found = desk.uploads.of(id)
    if found is None:
        return missing(desk, call)
    path = f"{ROOT}/upload/{id}"
    if action == "weg":
        desk.uploads.remove(id)
        desk.bench.audit.write(call.who, "dropped", detail=found.name)
        return RedirectResponse(address(ROOT, call.look.language), 303)
    if action == "opnieuw":
        desk.uploads.read(id)
        return RedirectResponse(address(path, call.look.language), 303)
    try:
        values = {key: call.value(f"veld-{key}") for key in KEYS}
        preview = desk.uploads.correct(id, values, str(call.sent.get("tekst") or ""), call.value("editie"))
        if action != "accepteer":
            return call.done(path, "saved")
        chosen = [str(short) for short in call.sent.getlist("afkorting")]
        desk.bench.add(preview, call.who, named(chosen, preview.abbreviations))
    except AssistantError as error:
        return one_upload(desk, call, str(error), bad=True)
    desk.uploads.remove(id)
    return RedirectResponse(address(PATH, call.look.language), 303)


def remove(desk: Desk, call: Call) -> Response:
    """POST: take a document out, as a proposal."""
    desk.bench.remove(call.value("document", 1_000), call.who)
    return RedirectResponse(address(PATH, call.look.language), 303)


def proposal(desk: Desk, call: Call, message: str = "", bad: bool = False) -> Response:
    """GET: the proposal; with `stand` only how far it is."""
    found, progress = desk.bench.proposal(), desk.bench.progress
    if call.asked("stand"):
        step = call.look.say(f"step_{progress.step}")
        busy = found is not None and found.stage == "building"
        return JSONResponse({"ready": not busy, "step": step, "done": progress.done, "total": progress.total})

    def body(look: Look) -> str:
        return beheer_effect.proposal_html(found, progress, look, message or message_of(call), bad)

    return page(desk, call, "proposal", body, PATH, 409 if bad else 200)


def decide(desk: Desk, call: Call) -> Response:
    """POST: publish, discard or build again."""
    action, candidate = call.value("actie"), call.value("kandidaat")
    try:
        if action == "publiceer":
            desk.bench.publish(candidate, call.who, _reason(desk.bench.proposal(), call))
            return call.done(ROOT, "published")
        if action == "verwerp":
            desk.bench.discard(candidate, call.who)
            return call.done(ROOT, "discarded")
        desk.bench.rebuild(call.who)
    except AssistantError as error:
        return proposal(desk, call, str(error), bad=True)
    return RedirectResponse(address(PATH, call.look.language), 303)


def _reason(found: Proposal | None, call: Call) -> str:
    """Why a candidate goes past the gate: both the tick and the reason are needed where it failed.

    Raises:
        UsageError: one of them is missing.
    """
    if found is None or not blockers(found.effect):
        return ""
    reason = call.value("reden")
    if call.value("toch") != "ja" or not reason:
        raise UsageError(SAY[call.look.language]["no_reason"])
    return reason


def versions(desk: Desk, call: Call, message: str = "", bad: bool = False) -> Response:
    """GET: every kept snapshot."""
    index, found = desk.bench.index, desk.bench.proposal()
    lived = publications(index)
    current_id = published_id(index)
    listed = []
    for name in reversed(snapshot_ids(index)):
        live = tuple(line for line in lived if line["snapshot"] == name)
        candidate = found is not None and found.candidate == name and name != current_id
        try:
            manifest = read_manifest(index / name)
            other = manifest.encoder_fingerprint != desk.assistant.encoder.fingerprint
            listed.append(
                Version(
                    name, name == current_id, manifest.documents, manifest.passages, live,
                    tuple(failures_of(index, name)), broken=other, candidate=candidate,
                )
            )  # fmt: skip
        except (IndexMismatch, AssistantError):
            listed.append(Version(name, name == current_id, 0, 0, live, broken=True))

    def body(look: Look) -> str:
        return versions_html(listed, look, message or message_of(call), bad)

    return page(desk, call, "versions", body, VERSIONS, 409 if bad else 200)


def roll_back(desk: Desk, call: Call) -> Response:
    """POST: back to an earlier snapshot."""
    try:
        told = desk.bench.roll_back(call.value("versie"), call.who)
    except AssistantError as error:
        return versions(desk, call, str(error), bad=True)
    if told:
        return versions(desk, call, f"{SAY[call.look.language]['rolled_back']} {told}")
    return call.done(VERSIONS, "rolled_back")


ROUTES: tuple[tuple[str, str, Callable[[Desk, Call], Response]], ...] = (
    (ROOT, "GET", documents),
    (f"{ROOT}/upload", "POST", upload),
    (f"{ROOT}/upload/{{id}}", "GET", one_upload),
    (f"{ROOT}/upload/{{id}}", "POST", change_upload),
    (f"{ROOT}/verwijder", "POST", remove),
    (f"{beheer_bank.PATH}/{{id:path}}", "GET", beheer_bank.bank),
    (f"{beheer_bank.PATH}/{{id:path}}", "POST", beheer_bank.change_bank),
    (PATH, "GET", proposal),
    (PATH, "POST", decide),
    (VERSIONS, "GET", versions),
    (VERSIONS, "POST", roll_back),
    (beheer_insight.FEEDBACK, "GET", readers.feedback),
    (f"{beheer_insight.FEEDBACK}/{{id}}", "GET", readers.one_verdict),
    (f"{beheer_insight.FEEDBACK}/{{id}}", "POST", readers.one_verdict),
    (beheer_insight.GAPS, "GET", readers.gaps),
    (beheer_insight.GAPS, "POST", readers.gaps),
    (beheer_insight.BENCH, "GET", readers.bench),
    (beheer_insight.LOG, "GET", readers.log),
    (f"{ROOT}/{{rest:path}}", "GET", missing),
)
