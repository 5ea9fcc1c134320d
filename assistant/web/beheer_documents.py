"""The page of documents, and the page of one offered file: what it would become, to correct and to accept."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.add import parts
from assistant.beheer.documents import Row
from assistant.beheer.expiry import UPLOAD_DAYS
from assistant.beheer.uploads import NEW, Upload
from assistant.convert.front import KEYS
from assistant.convert.preview import Preview
from assistant.place import page_words
from assistant.read import Problem
from assistant.types import Document, Passage
from assistant.vocabulary import Vocabulary
from assistant.web.beheer_parts import (
    ROOT,
    Look,
    button,
    field,
    form,
    listed,
    moment,
    short,
    snapshot_moment,
    title,
    told,
)
from assistant.web.richtext import plain
from assistant.web.source import document_address

ACCEPTED = ".pdf,.docx,.html,.htm,.md,.txt,.png,.jpg,.jpeg,.tif,.tiff"
# So many passages are shown as they will be cited, and so many more can be unfolded.
SHOWN, FOLDED = 15, 400
_DATES = {"valid-from", "valid-until"}


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


def upload_html(
    upload: Upload,
    preview: Preview | None,
    known: Sequence[Document],
    vocabulary: Vocabulary,
    look: Look,
    message: str = "",
    bad: bool = False,
) -> str:
    """One offered file: what it would become, or why it cannot be added, or that it is being read."""
    path = f"{ROOT}/upload/{upload.id}"
    back = f'<p class="trail"><a href="{look.link(ROOT)}">{look.say("documents")}</a></p>'
    by = f'<p class="facts">{look.say("offered_by", who=upload.who)} · {moment(upload.when, look)}</p>'
    head = back + title(upload.name, look, path, by) + told(message, "bad" if bad else "good")
    drop = button("drop", look, "weg", "quiet")
    if upload.problem:
        again = button("read_again", look, "opnieuw", "chip")
        return head + told(upload.problem, "bad") + form(path, look, f'<div class="buttons">{again}{drop}</div>')
    if preview is None:
        return (
            head
            + f'<p class="status" role="status" data-wait="{look.link(path, stand="1")}">{look.say("reading")}</p>'
            + f'<noscript><p><a href="{look.link(path)}">{look.say("look_again")}</a></p></noscript>'
            + form(path, look, drop)
        )
    if preview.known_as:
        return head + told(f"{look.words('known_as')} {preview.known_as}") + form(path, look, drop)
    return head + _preview(upload, preview, known, vocabulary, look, path)


def _preview(
    upload: Upload, preview: Preview, known: Sequence[Document], vocabulary: Vocabulary, look: Look, path: str
) -> str:
    values, body = parts(preview.text)
    warnings = ""
    if preview.warnings:
        warnings = f'<section class="warnings"><h2>{look.say("warnings")}</h2>{listed(preview.warnings)}</section>'
    fields = (
        f'<div class="edition">{_edition(upload, preview, known, look)}</div>'
        f'<div class="two"><fieldset class="about"><legend>{look.say("about")}</legend>{_fields(values, preview, look)}'
        f"</fieldset><div>{_recognised(preview, vocabulary, look)}</div></div>"
        f'<details class="markdown"><summary>{look.say("edit_text")}</summary><label class="sr" for="tekst">'
        f'{look.say("text")}</label><textarea id="tekst" name="tekst" rows="24" spellcheck="false">{escape(body)}'
        f"</textarea></details>"
    )
    again = button("read_again", look, "opnieuw", "quiet")
    buttons = (
        f'<div class="buttons sticky">{button("accept", look, "accepteer")}{button("save", look, "bewaar", "chip")}'
        f"{again}"
        f'{button("drop", look, "weg", "quiet")}<p class="facts">{look.say("accept_what")}</p></div>'
    )
    return warnings + form(path, look, fields + _passages(preview, vocabulary, look) + buttons, 'class="preview"')


def _fields(values: dict[str, str], preview: Preview, look: Look) -> str:
    sources = {proposal.key: proposal for proposal in preview.proposals}
    rows = []
    for key in KEYS:
        value, proposal = values.get(key, ""), sources.get(key)
        hint = ""
        if proposal and proposal.value == value:
            hint = look.say("from", source=proposal.source)
        elif key in _DATES:
            hint = look.say("as_date")
        rows.append(field(f"veld-{key}", look.say(f"key_{key}"), value, _limits(key), hint))
    return "".join(rows)


def _limits(key: str) -> str:
    pattern = ' pattern="\\d{4}-\\d\\d-\\d\\d" inputmode="numeric"' if key in _DATES else ""
    return f'maxlength="300" autocomplete="off"{" required" if key == "title" else ""}{pattern}'


def _edition(upload: Upload, preview: Preview, known: Sequence[Document], look: Look) -> str:
    chosen = preview.edition.document.id if preview.edition else NEW
    options = f'<option value=""{" selected" if chosen == NEW else ""}>{look.say("new_document")}</option>'
    options += "".join(
        f'<option value="{escape(document.id)}"{" selected" if document.id == chosen else ""}>'
        f"{look.say('edition_of', title=document.title)}</option>"
        for document in known
    )
    why = ""
    if preview.edition:
        why = look.say("recognised_by", why=preview.edition.why)
        if preview.edition.overlap:
            why += f" · {look.say('overlap', share=f'{preview.edition.overlap:.0%}')}"
    note = f'<p class="facts">{why or look.say("edition_what")}</p>'
    return (
        f'<label class="line"><span>{look.say("becomes")}</span><select name="editie" autocomplete="off">{options}'
        f"</select></label>{note}"
    )


def _recognised(preview: Preview, vocabulary: Vocabulary, look: Look) -> str:
    groups = []
    for part, names in preview.recognised.items():
        entries = getattr(vocabulary, part)
        tags = "".join(
            f'<li class="tag">{escape(entries[name].label if name in entries else name)} {count}</li>'
            for name, count in sorted(names.items(), key=lambda pair: -pair[1])
        )
        shown = f'<ul class="tags">{tags}</ul>' if tags else f'<span class="unsaid">{look.say("none_found")}</span>'
        groups.append(f"<div><dt>{look.say(part)}</dt><dd>{shown}</dd></div>")
    return f'<h2>{look.say("recognised")}</h2><dl class="recognised">{"".join(groups)}</dl>'


def _passages(preview: Preview, vocabulary: Vocabulary, look: Look) -> str:
    """The passages as they will be cited: the first few, and folded under them the others."""
    items = [_passage(passage, preview.page(passage), vocabulary, look) for passage in preview.passages[:FOLDED]]
    first = f'<ol class="quotes">{"".join(items[:SHOWN])}</ol>'
    rest = len(preview.passages) - SHOWN
    if rest > 0:
        left = f'<p class="facts">{look.say("more", n=rest + SHOWN - FOLDED)}</p>' if rest + SHOWN > FOLDED else ""
        first += (
            f"<details><summary>{look.say('more', n=rest)}</summary>"
            f'<ol class="quotes">{"".join(items[SHOWN:])}</ol>{left}</details>'
        )
    return f"<section><h2>{look.say('as_cited', n=len(preview.passages))}</h2>{first}</section>"


def _passage(passage: Passage, page: int | None, vocabulary: Vocabulary, look: Look) -> str:
    labels = [_label(vocabulary.actors, actor) for actor in passage.actors]
    labels += [_label(vocabulary.domains, passage.domain)] if passage.domain else []
    tags = "".join(f' <span class="tag">{escape(label)}</span>' for label in labels)
    where = " · ".join(part for part in (" › ".join(passage.section), page_words([page], look.language)) if part)
    return (
        f'<li><p class="place">{escape(where)}{tags}</p>'
        f"<blockquote><p>{escape(plain(passage.quote))}</p></blockquote></li>"
    )


def _label(entries: object, name: str) -> str:
    entry = entries.get(name) if isinstance(entries, dict) else None
    return str(entry.label) if entry else name


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
        f"<td>{remove}</td></tr>"
    )
