"""The page of one offered file: what it would become, to correct and to accept."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.add import parts
from assistant.beheer.uploads import NEW, Upload
from assistant.convert.front import KEYS
from assistant.convert.preview import Preview
from assistant.place import page_words
from assistant.types import Document, Passage
from assistant.vocabulary import Vocabulary
from assistant.web.beheer_bank import terms_html
from assistant.web.beheer_parts import (
    ROOT,
    Look,
    button,
    field,
    form,
    listed,
    moment,
    title,
    told,
)
from assistant.web.richtext import plain

# So many passages are shown as they will be cited, and so many more can be unfolded.
SHOWN, FOLDED = 15, 400
_DATES = {"valid-from", "valid-until"}


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
        f"</textarea></details>{_terms(preview, look)}"
    )
    again = button("read_again", look, "opnieuw", "quiet")
    buttons = (
        f'<div class="buttons sticky">{button("accept", look, "accepteer")}{button("save", look, "bewaar", "chip")}'
        f"{again}"
        f'{button("drop", look, "weg", "quiet")}<p class="facts">{look.say("accept_what")}</p></div>'
    )
    return warnings + form(path, look, fields + _passages(preview, vocabulary, look) + buttons, 'class="preview"')


def _terms(preview: Preview, look: Look) -> str:
    terms = preview.abbreviations
    if not terms:
        return ""
    what = f'<p class="facts">{look.say("terms_what")}</p>' if any(item.new for item in terms) else ""
    return f"<section><h2>{look.say('terms_found')}</h2>{what}{terms_html(terms, look)}</section>"


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
