"""The page of a document's questions and abbreviations: what is missing and proposed, to review and take over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from fastapi.responses import JSONResponse, RedirectResponse, Response

from assistant.abbreviations import Abbreviation, abbreviations_in, add_to_vocabulary, named
from assistant.add import current, vocabulary
from assistant.beheer.drafting import AT_ONCE, Job
from assistant.beheer.state import Change, now
from assistant.errors import AssistantError, UsageError
from assistant.types import Passage
from assistant.web.beheer_desk import Call, Desk, missing, page
from assistant.web.beheer_effect import PATH as PROPOSAL
from assistant.web.beheer_parts import ROOT, Look, button, form, title, told
from assistant.web.beheer_texts import SAY
from assistant.web.parts import address
from assistant.web.richtext import plain
from assistant.written_questions import (
    Coverage,
    Written,
    coverage,
    drafts_file,
    drop_drafts,
    read_written,
    take_over,
    written_for,
)

PATH = f"{ROOT}/vragen"
SHOWN = 40


def bank_address(document: str) -> str:
    """The path of the page of a document."""
    return f"{PATH}/{quote(document)}"


def bank(desk: Desk, call: Call, message: str = "") -> Response:
    """GET: what a document lacks; with `stand` how far the drafting is."""
    name = str(call.request.path_params["id"])
    job = desk.drafting.job(name)
    if call.asked("stand"):
        known = job or Job(name, over=True)
        return JSONResponse({"ready": known.over, "step": "", "done": known.done, "total": known.total})
    stage = desk.bench.stage
    document = next((found for found in current(stage) if found.id == name), None)
    if document is None:
        return missing(desk, call)
    found = coverage(stage, [document])[0]
    drafts = {row.place: row for row in read_written(drafts_file(desk.bench.index, name))}
    terms = abbreviations_in(document.text[document.body_start :], vocabulary(stage))
    model = desk.drafting.model

    def body(look: Look) -> str:
        back = f'<p class="trail"><a href="{look.link(ROOT)}">{look.say("documents")}</a></p>'
        what = f"<p>{look.say('bank_what')}</p>"
        head = back + title(document.title, look, bank_address(name), what) + told(message, "bad")
        if job and not job.over:
            return head + _working(job, look)
        stopped = told(job.problem, "bad") if job and job.problem else ""
        return (
            head
            + stopped
            + _terms(terms, name, look)
            + _questions(found, drafts, look, model.base_url if model else "")
        )

    return page(desk, call, "bank", body, ROOT, 409 if message else 200)


def change_bank(desk: Desk, call: Call) -> Response:
    """POST: draft, take over questions, or take over abbreviations."""
    name, action = str(call.request.path_params["id"]), call.value("actie")
    stage = desk.bench.stage
    document = next((found for found in current(stage) if found.id == name), None)
    if document is None:
        return missing(desk, call)
    try:
        found = coverage(stage, [document])[0]
        if action == "opstellen":
            desk.drafting.start(document, found.without, call.who)
            return RedirectResponse(address(bank_address(name), call.look.language), 303)
        if action == "afkortingen":
            terms = abbreviations_in(document.text[document.body_start :], vocabulary(stage))
            chosen = named([str(short) for short in call.sent.getlist("afkorting")], terms)
            if not chosen:
                raise UsageError(SAY[call.look.language]["nothing_ticked"])

            def add(corpus: Path) -> None:
                add_to_vocabulary(corpus, chosen)

            desk.bench.change(Change("terms", name, ", ".join(item.short for item in chosen), call.who, now()), add)
        else:
            rows = [row for passage in found.without if (row := _given(call, passage))]
            if not rows:
                raise UsageError(SAY[call.look.language]["nothing_written"])

            def take(corpus: Path) -> None:
                take_over(corpus, name, rows)

            desk.bench.change(Change("bank", name, document.title, call.who, now()), take)
            seen = {written_for(p).place for p in found.without if _field(p) in call.sent}
            drop_drafts(desk.bench.index, name, seen)
    except AssistantError as error:
        return bank(desk, call, str(error))
    return RedirectResponse(address(PROPOSAL, call.look.language), 303)


def _given(call: Call, passage: Passage) -> Written | None:
    """The questions as the maintainer left them: one a line, an English one after 'EN:'."""
    lines = [" ".join(line.split())[:200] for line in str(call.sent.get(_field(passage)) or "").splitlines()]
    english = tuple(line[3:].strip() for line in lines if line[:3].upper() == "EN:" and line[3:].strip())
    dutch = tuple(line for line in lines if line and line[:3].upper() != "EN:")
    return written_for(passage, dutch, english) if dutch or english else None


def _field(passage: Passage) -> str:
    return f"vraag-{passage.id}"


def _working(job: Job, look: Look) -> str:
    here = bank_address(job.document)
    value = f' value="{job.done}" max="{job.total}"' if job.total else ""
    return (
        f'<section class="building" data-wait="{look.link(here, stand="1")}" role="status">'
        f'<h2>{look.say("drafting")}</h2><p class="facts"><span data-count>{job.done} / {job.total}</span> '
        f'<span data-left="{look.say("left")}"></span></p>'
        f'<progress{value} aria-label="{look.say("progress")}"></progress></section>'
        f'<noscript><p><a href="{look.link(here)}">{look.say("look_again")}</a></p></noscript>'
    )


def terms_html(terms: Sequence[Abbreviation], look: Look) -> str:
    """Abbreviations as a list, the new ones to be ticked."""
    items = []
    for item in terms:
        shown = f"<strong>{escape(item.short)}</strong> {escape(item.long)}"
        if item.new:
            shown = (
                f'<label class="tick"><input type="checkbox" name="afkorting" value="{escape(item.short)}">'
                f"<span>{shown}</span></label>"
            )
        elif item.differs:
            shown += f' <span class="facts">{look.say("term_differs", known=", ".join(item.known))}</span>'
        else:
            shown += f' <span class="facts">{look.say("term_known")}</span>'
        items.append(f"<li>{shown}</li>")
    return f'<ul class="plain-list terms">{"".join(items)}</ul>'


def _terms(terms: Sequence[Abbreviation], document: str, look: Look) -> str:
    if not terms:
        return ""
    new = any(item.new for item in terms)
    buttons = f'<div class="buttons">{button("take_terms", look, "afkortingen", "chip")}</div>' if new else ""
    what = f'<p class="facts">{look.say("terms_what")}</p>' if new else ""
    inside = what + terms_html(terms, look) + buttons
    return f"<section><h2>{look.say('terms_found')}</h2>{form(bank_address(document), look, inside)}</section>"


def _questions(
    found: Coverage, drafts: Mapping[tuple[str, tuple[str, ...]], Written], look: Look, endpoint: str
) -> str:
    head = f"<h2>{look.say('questions_lacking', n=len(found.without), all=found.passages)}</h2>"
    if not found.without:
        return f"<section>{head}</section>"
    where = bank_address(found.document.id)
    if endpoint:
        note = f'<p class="facts">{look.say("draft_what", endpoint=endpoint, n=AT_ONCE)}</p>'
        head += form(where, look, note + f'<div class="buttons">{button("draft_now", look, "opstellen", "chip")}</div>')
    else:
        head += f'<p class="facts">{look.say("draft_none")}</p>'
    rows = "".join(_row(passage, drafts.get(written_for(passage).place), look) for passage in found.without[:SHOWN])
    left = len(found.without) - SHOWN
    more = f'<p class="facts">{look.say("more", n=left)}</p>' if left > 0 else ""
    inside = (
        f'<p class="facts">{look.say("questions_how")}</p><ol class="quotes ask-for">{rows}</ol>{more}'
        f'<div class="buttons">{button("take_questions", look, "opnemen")}</div>'
    )
    return f"<section>{head}{form(where, look, inside)}</section>"


def _row(passage: Passage, drafted: Written | None, look: Look) -> str:
    lines = [*drafted.questions, *(f"EN: {question}" for question in drafted.english)] if drafted else []
    mark = f' <span class="tag">{look.say("drafted")}</span>' if drafted else ""
    return (
        f'<li><p class="place">{escape(" › ".join(passage.section))}{mark}</p>'
        f"<blockquote><p>{escape(plain(passage.quote))}</p></blockquote>"
        f'<label class="line"><span class="sr">{look.say("questions_for")}: {escape(plain(passage.quote)[:80])}</span>'
        f'<textarea name="{escape(_field(passage))}" rows="{max(2, len(lines))}" autocomplete="off">'
        f"{escape(chr(10).join(lines))}</textarea></label></li>"
    )
