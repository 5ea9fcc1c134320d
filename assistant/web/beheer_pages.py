"""What each page of Beheer does with a request of a maintainer, once that has been let in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from fastapi import Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from assistant.add import current, vocabulary
from assistant.answer import answer_question, cite
from assistant.assistant import Assistant
from assistant.beheer.documents import rows_of
from assistant.beheer.drafts import keep_draft
from assistant.beheer.gaps import Questions, topics
from assistant.beheer.state import Proposal
from assistant.beheer.tools import Tools
from assistant.beheer.uploads import Upload, Uploads
from assistant.beheer.workbench import Workbench
from assistant.convert.front import KEYS
from assistant.errors import AssistantError, IndexMismatch, UsageError
from assistant.feedback import Feedback, Verdict
from assistant.publication import gate_of, publications
from assistant.question import understand
from assistant.snapshot import published_id, read_manifest, snapshot_ids
from assistant.types import Citation
from assistant.web import beheer_documents, beheer_effect, beheer_insight
from assistant.web.beheer_parts import ROOT, Look, beheer_page
from assistant.web.beheer_texts import SAY
from assistant.web.parts import address

_LOGGED, _FOUND = 300, 12
PATH = beheer_effect.PATH


@dataclass(frozen=True, eq=False)
class Desk:
    """What the pages work with."""

    assistant: Assistant
    bench: Workbench
    uploads: Uploads
    tools: Tools
    questions: Questions


@dataclass(frozen=True, eq=False)
class Call:
    """One request of somebody who was let in; `sent` is the form of a POST, whose token was right."""

    request: Request
    who: str
    sent: FormData
    look: Look

    def value(self, name: str, most: int = 300) -> str:
        """One field of the form, as text."""
        found = self.sent.get(name)
        return found[:most].strip() if isinstance(found, str) else ""

    def asked(self, name: str) -> str:
        """One value of the address."""
        return self.request.query_params.get(name, "").strip()

    def done(self, path: str, what: str) -> Response:
        """On to another page, which says what was done."""
        return RedirectResponse(address(path, self.look.language, [("gedaan", what)]), 303)


def _page(
    desk: Desk, call: Call, name: str, body: Callable[[Look], str], active: str, status: int = 200
) -> HTMLResponse:
    look = replace(call.look, waiting=desk.bench.proposal() is not None)
    return beheer_page(SAY[look.language][name], body(look), look, active, status)


def _message(call: Call) -> str:
    """What was just done, from the address: only our own words can be shown with it."""
    known = ("discarded", "published", "rolled_back", "saved")
    return SAY[call.look.language][call.asked("gedaan")] if call.asked("gedaan") in known else ""


def documents(desk: Desk, call: Call, message: str = "") -> Response:
    """GET: all documents."""
    rows, loose = rows_of(desk.assistant.snapshot, desk.bench.index, desk.bench.corpus)
    waiting = [(upload, desk.uploads.reading(upload.id)) for upload in desk.uploads.all()]

    def body(look: Look) -> str:
        return beheer_documents.documents_html(rows, loose, waiting, look, message or _message(call))

    return _page(desk, call, "documents", body, ROOT)


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
        return beheer_documents.upload_html(found, preview, known, words, look, message or _message(call), bad)

    return _page(desk, call, "documents", body, ROOT, 409 if bad else 200)


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
        desk.bench.add(preview, call.who)
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
        return beheer_effect.proposal_html(found, progress, look, message or _message(call), bad)

    return _page(desk, call, "proposal", body, PATH, 409 if bad else 200)


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
    answers = found.effect.get("answers") if found else None
    if not answers or not answers["failures"]:
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
            gate = gate_of(index, name) or {}
            other = manifest.encoder_fingerprint != desk.assistant.encoder.fingerprint
            listed.append(
                beheer_effect.Version(
                    name, name == current_id, manifest.documents, manifest.passages, live,
                    tuple(gate.get("failures") or ()), broken=other, candidate=candidate,
                )
            )  # fmt: skip
        except (IndexMismatch, AssistantError):
            listed.append(beheer_effect.Version(name, name == current_id, 0, 0, live, broken=True))

    def body(look: Look) -> str:
        return beheer_effect.versions_html(listed, look, message or _message(call), bad)

    return _page(desk, call, "versions", body, beheer_effect.VERSIONS, 409 if bad else 200)


def roll_back(desk: Desk, call: Call) -> Response:
    """POST: back to an earlier snapshot."""
    try:
        told = desk.bench.roll_back(call.value("versie"), call.who)
    except AssistantError as error:
        return versions(desk, call, str(error), bad=True)
    if told:
        return versions(desk, call, f"{SAY[call.look.language]['rolled_back']} {told}")
    return call.done(beheer_effect.VERSIONS, "rolled_back")


def feedback(desk: Desk, call: Call) -> Response:
    """GET: what readers thought."""
    verdicts = Feedback(desk.bench.index).all()[:_LOGGED]
    return _page(
        desk, call, "feedback", lambda look: beheer_insight.feedback_html(verdicts, look), beheer_insight.FEEDBACK
    )


def one_verdict(desk: Desk, call: Call) -> Response:
    """GET: one verdict, to make an eval case of; POST: the draft."""
    number = str(call.request.path_params["id"])
    verdict = next((found for found in Feedback(desk.bench.index).all() if str(found.id) == number), None)
    if verdict is None:
        return missing(desk, call)
    proofs, cited = _proofs(desk, verdict)
    draft, message = None, ""
    if call.request.method == "POST":
        ticked = {str(value) for value in call.sent.getlist("bewijs")}
        rests = [{"document": c.document, "quote": c.quote} for i, c in enumerate(proofs) if str(i) in ticked]
        row = {
            "question": verdict.question,
            "actor": _actor(desk, verdict),
            "note": call.value("noot", 1_000),
            "citations": rests,
        }
        try:
            if desk.tools.draft is None:
                raise UsageError(SAY[call.look.language]["no_evals"])
            draft = desk.tools.draft(row)
            keep_draft(desk.bench.index, draft)
            desk.bench.audit.write(call.who, "case", detail=str(draft.get("id", "")))
        except AssistantError as error:
            message = str(error)

    def body(look: Look) -> str:
        return beheer_insight.case_html(verdict, proofs, cited, look, draft, message)

    return _page(desk, call, "case", body, beheer_insight.FEEDBACK, 409 if message else 200)


def _actor(desk: Desk, verdict: Verdict) -> str | None:
    """The actor of the role that the reader chose, if the vocabulary still has it."""
    known = desk.assistant.vocabulary.role(verdict.role)
    return known.actor if known else None


def _proofs(desk: Desk, verdict: Verdict) -> tuple[Sequence[Citation], int]:
    """What a right answer may rest on: what is cited now, then what else is found; and how many are cited."""
    parts = desk.assistant.parts
    try:
        # Not `ask`: the maintainer's look at it is no question of a reader.
        answer = answer_question(verdict.question, parts, _actor(desk, verdict))
        hits = desk.assistant.search(verdict.question, k=_FOUND, actor=_actor(desk, verdict))
    except UsageError:
        return (), 0  # a question of before a limit that it would not pass now
    known = [hit.passage for hit in hits if hit.passage.document in parts.snapshot.documents]
    found = {(citation.document, citation.start): citation for citation in answer.citations}
    cited = len(found)
    for passage in known:
        found.setdefault((passage.document, passage.quote_start), cite(passage, 0, parts.snapshot))
    return list(found.values()), cited


def gaps(desk: Desk, call: Call) -> Response:
    """GET: what the documents do not answer; POST: erase what is kept."""
    if call.request.method == "POST":
        desk.bench.audit.write(call.who, "cleared")
        desk.questions.clear()
        return RedirectResponse(address(beheer_insight.GAPS, call.look.language), 303)
    found = topics(desk.questions.all())

    def body(look: Look) -> str:
        return beheer_insight.gaps_html(found, desk.questions.days, look)

    return _page(desk, call, "gaps", body, beheer_insight.GAPS)


def bench(desk: Desk, call: Call) -> Response:
    """GET: a question and what it finds."""
    question, parts = call.asked("vraag")[:300], desk.assistant.parts
    understood, hits, message = None, [], ""
    if question:
        try:
            hits = desk.assistant.search(question, k=_FOUND)
            understood = understand(question, parts.vocabulary, parts.snapshot.lexical.correct, None, [])
        except UsageError as error:
            message = str(error)
    known = parts.snapshot.documents
    hits = [hit for hit in hits if hit.passage.document in known]

    def body(look: Look) -> str:
        return beheer_insight.bench_html(question, understood, hits, known, look, message)

    return _page(desk, call, "bench", body, beheer_insight.BENCH)


def log(desk: Desk, call: Call) -> Response:
    """GET: the audit log."""
    entries = desk.bench.audit.last(_LOGGED)
    return _page(desk, call, "log", lambda look: beheer_insight.log_html(entries, look), beheer_insight.LOG)


def missing(desk: Desk, call: Call) -> Response:
    """A page that is not there, or not any more."""
    from assistant.web.beheer_parts import told

    return _page(desk, call, "name", lambda look: told(SAY[look.language]["nothing_here"], "bad"), "", 404)


ROUTES: tuple[tuple[str, str, Callable[[Desk, Call], Response]], ...] = (
    (ROOT, "GET", documents),
    (f"{ROOT}/upload", "POST", upload),
    (f"{ROOT}/upload/{{id}}", "GET", one_upload),
    (f"{ROOT}/upload/{{id}}", "POST", change_upload),
    (f"{ROOT}/verwijder", "POST", remove),
    (PATH, "GET", proposal),
    (PATH, "POST", decide),
    (beheer_effect.VERSIONS, "GET", versions),
    (beheer_effect.VERSIONS, "POST", roll_back),
    (beheer_insight.FEEDBACK, "GET", feedback),
    (f"{beheer_insight.FEEDBACK}/{{id}}", "GET", one_verdict),
    (f"{beheer_insight.FEEDBACK}/{{id}}", "POST", one_verdict),
    (beheer_insight.GAPS, "GET", gaps),
    (beheer_insight.GAPS, "POST", gaps),
    (beheer_insight.BENCH, "GET", bench),
    (beheer_insight.LOG, "GET", log),
    (f"{ROOT}/{{rest:path}}", "GET", missing),
)
