"""The page of documents: what is in use, what waits, and where to offer a file."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.beheer.documents import Row
from assistant.beheer.expiry import UPLOAD_DAYS
from assistant.beheer.uploads import Upload
from assistant.read import Problem
from assistant.web.beheer_bank import bank_address
from assistant.web.beheer_parts import (
    ROOT,
    Look,
    button,
    form,
    listed,
    moment,
    short,
    snapshot_moment,
    title,
    told,
)
from assistant.web.source import document_address

ACCEPTED = ".pdf,.docx,.html,.htm,.md,.txt,.png,.jpg,.jpeg,.tif,.tiff"


def documents_html(
    rows: Sequence[Row], loose: Sequence[Problem], uploads: Sequence[tuple[Upload, bool]], look: Look, message: str = ""
) -> str:
    """All documents, what waits, and where to offer a file.

    Args:
        rows: the documents in use.
        loose: problems of files that are not in use.
        uploads: what was offered, each with whether it is being read.
        look: for whom.
        message: of what was just done.
    """
    offered = (
        f'<label class="drop" data-drop><span class="drop-title">{look.say("offer")}</span>'
        f'<span class="facts">{look.say("offer_what")}</span>'
        f'<input type="file" name="bestand" multiple required accept="{ACCEPTED}"></label>{button("upload", look)}'
    )
    upload = form(f"{ROOT}/upload", look, offered, 'enctype="multipart/form-data" class="offer"')
    waiting = "".join(_waiting(one, reading, look) for one, reading in uploads)
    if waiting:
        waiting = (
            f'<section><h2>{look.say("offered")}</h2><p class="facts">{look.say("offered_what", days=UPLOAD_DAYS)}</p>'
            f'<ul class="waiting">{waiting}</ul></section>'
        )
    body = "".join(_row(row, look) for row in rows)
    head = "".join(
        f'<th scope="col">{look.say(name)}</th>'
        for name in ("document", "publisher", "date", "status", "passages", "since")
    )
    table = (
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="in-gebruik"><table class="grid stack">'
        f'<thead><tr>{head}<th scope="col"><span class="sr">{look.say("do")}</span></th></tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
    wrong = f"<section><h2>{look.say('not_used')}</h2>{listed(str(p) for p in loose)}</section>" if loose else ""
    return (
        title(look.words("documents"), look, ROOT)
        + told(message, "good")
        + upload
        + waiting
        + f'<section><h2 id="in-gebruik">{look.say("in_use", n=len(rows))}</h2>{table}</section>'
        + wrong
    )


def _waiting(upload: Upload, reading: bool, look: Look) -> str:
    state = look.say("state_reading" if reading else "state_failed" if upload.problem else "state_ready")
    kind = "reading" if reading else "failed" if upload.problem else "ready"
    why = f'<p class="trouble">{escape(upload.problem)}</p>' if upload.problem else ""
    wait = f' data-wait="{look.link(f"{ROOT}/upload/{upload.id}", stand="1")}"' if reading else ""
    return (
        f'<li{wait}><a href="{look.link(f"{ROOT}/upload/{upload.id}")}">{escape(upload.name)}</a> '
        f'<span class="tag {kind}">{state}</span> <span class="facts">{escape(upload.who)} · '
        f"{moment(upload.when, look)}</span>{why}</li>"
    )


def _row(row: Row, look: Look) -> str:
    document = row.document
    unsaid = f'<span class="unsaid">{look.say("unsaid")}</span>'
    trouble = "".join(f'<p class="trouble">{escape(problem)}</p>' for problem in row.problems)
    facts = "".join(
        f'<td data-label="{look.say(name)}">{escape(value) if value else unsaid}</td>'
        for name, value in (("publisher", document.publisher), ("date", document.date), ("status", document.status))
    )
    question = look.say("remove_sure", title=document.title)
    remove = form(
        f"{ROOT}/verwijder",
        look,
        f'<input type="hidden" name="document" value="{escape(document.id)}">'
        f'<button class="quiet" type="submit" data-sure="{question}" aria-label="{look.say("remove")}: '
        f'{escape(document.title)}">{look.say("remove")}</button>',
    )
    return (
        f'<tr><th scope="row"><a href="{escape(document_address(document.id, look.language))}">'
        f"{escape(document.title)}</a>{trouble}</th>{facts}"
        f'<td data-label="{look.say("passages")}">{row.passages}</td>'
        f'<td data-label="{look.say("since")}"><span>{snapshot_moment(row.since, look)} {short(row.since)}</span></td>'
        f'<td><p><a href="{look.link(bank_address(document.id))}" aria-label="{look.say("bank")}: '
        f'{escape(document.title)}">{look.say("bank")}</a></p>{remove}</td></tr>'
    )
