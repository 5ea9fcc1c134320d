"""The pages of Beheer on what readers ask and think: feedback, gaps, the search bench; and the log."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi.responses import RedirectResponse, Response

from assistant.answer import answer_question, cite
from assistant.beheer.drafts import keep_draft
from assistant.beheer.gaps import topics
from assistant.errors import AssistantError, UsageError
from assistant.feedback import Feedback, Verdict
from assistant.question import understand
from assistant.types import Citation
from assistant.web import beheer_insight
from assistant.web.beheer_desk import Call, Desk, missing, page
from assistant.web.beheer_parts import Look
from assistant.web.beheer_texts import SAY
from assistant.web.parts import address

_LOGGED, _FOUND = 300, 12


def feedback(desk: Desk, call: Call) -> Response:
    """GET: what readers thought."""
    verdicts = Feedback(desk.bench.index).all()[:_LOGGED]
    return page(
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

    return page(desk, call, "case", body, beheer_insight.FEEDBACK, 409 if message else 200)


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

    return page(desk, call, "gaps", body, beheer_insight.GAPS)


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
        return beheer_insight.bench_html(question, understood, hits, known, parts.vocabulary, look, message)

    return page(desk, call, "bench", body, beheer_insight.BENCH)


def log(desk: Desk, call: Call) -> Response:
    """GET: the audit log."""
    entries = desk.bench.audit.last(_LOGGED)
    return page(desk, call, "log", lambda look: beheer_insight.log_html(entries, look), beheer_insight.LOG)
