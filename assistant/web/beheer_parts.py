"""Pieces of HTML that the pages of maintainers share: the page with its own row of pages, forms, times, messages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape

from fastapi.responses import HTMLResponse

from assistant.web.beheer_texts import SAY
from assistant.web.frame import PAGE_SCRIPTS, plain_page, static_address
from assistant.web.parts import address
from assistant.web.texts import Language

ROOT = "/beheer"
PAGES = (
    (ROOT, "documents"),
    (f"{ROOT}/voorstel", "proposal"),
    (f"{ROOT}/versies", "versions"),
    (f"{ROOT}/oordelen", "feedback"),
    (f"{ROOT}/hiaten", "gaps"),
    (f"{ROOT}/zoekbank", "bench"),
    (f"{ROOT}/logboek", "log"),
)


@dataclass(frozen=True, slots=True)
class Look:
    """For whom a page is made: their language, name and token; `open` when no sign-in is needed here."""

    language: Language
    name: str = ""
    csrf: str = ""
    open: bool = False
    waiting: bool = False

    def say(self, name: str, **values: object) -> str:
        """The application's words, safe to put in HTML."""
        return escape(self.words(name, **values))

    def named(self, kind: str, name: str) -> str:
        """The words for one of a kind, or its own name when it has none; safe to put in HTML."""
        return escape(SAY[self.language].get(f"{kind}_{name}", name))

    def words(self, name: str, **values: object) -> str:
        """The application's words as plain text."""
        return SAY[self.language][name].format(**values) if values else SAY[self.language][name]

    def link(self, path: str, **query: str) -> str:
        """An address of our own in this language, safe in an attribute."""
        return escape(address(path, self.language, query.items()))


def beheer_page(title: str, body: str, look: Look, active: str = "", status: int = 200) -> HTMLResponse:
    """A page of Beheer; title is plain text, body safe HTML."""
    styles = "".join(f'<link rel="stylesheet" href="{static_address(name)}">' for name in ("pages.css", "beheer.css"))
    top = _rows(look, active) if look.name else ""
    html = plain_page(
        f"{title} · {SAY[look.language]['name']}",
        f'{styles}<div class="beheer">{top}{body}</div>',
        look.language,
        ROOT,
        scripts=(*PAGE_SCRIPTS, "pages.js", "beheer.js"),
    )
    return HTMLResponse(html, status)


def title(text: str, look: Look, path: str, what: str = "", query: Iterable[tuple[str, str]] = ()) -> str:
    """The heading of a page (plain text), the same page in the other language, and what it is for (safe HTML)."""
    other: Language = "nl" if look.language == "en" else "en"
    told = f'<div class="page-what">{what}</div>' if what else ""
    return (
        f'<header class="page-head"><h1>{escape(text)}</h1><a class="switch" lang="{other}" hreflang="{other}" '
        f'href="{escape(address(path, other, query))}">{SAY[look.language]["other"]}</a>{told}</header>'
    )


def form(action: str, look: Look, inside: str, attributes: str = "") -> str:
    """A form that posts, with the token that proves that it is ours; `inside` is safe HTML."""
    hidden = f'<input type="hidden" name="csrf" value="{escape(look.csrf)}">'
    if look.language != "nl":
        hidden += f'<input type="hidden" name="taal" value="{look.language}">'
    return f'<form method="post" action="{look.link(action)}" {attributes}>{hidden}{inside}</form>'


def button(name: str, look: Look, action: str = "", kind: str = "main") -> str:
    """A button that sends a form; `action` tells the server which of several."""
    value = f' name="actie" value="{action}"' if action else ""
    value += " formnovalidate" if kind == "quiet" else ""
    return f'<button class="{kind}" type="submit"{value}>{look.say(name)}</button>'


def field(name: str, label: str, value: str = "", attributes: str = "", hint: str = "") -> str:
    """A labelled field of one line; label and hint are safe HTML."""
    told = f'<small id="{name}-hint">{hint}</small>' if hint else ""
    described = f' aria-describedby="{name}-hint"' if hint else ""
    return (
        f'<div class="field-pair"><label class="line"><span>{label}</span>'
        f'<input name="{name}" value="{escape(value)}"{described} '
        f"{attributes}></label>{told}</div>"
    )


def told(message: str, kind: str = "notice") -> str:
    """A message in a box; plain text. `kind` is notice, good or bad."""
    role = "alert" if kind == "bad" else "status"
    return f'<p class="notice {kind}" role="{role}">{escape(message)}</p>' if message else ""


def listed(lines: Iterable[str], name: str = "") -> str:
    """A list of plain texts."""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<ul class="{name}">{items}</ul>' if items else ""


def moment(text: str, look: Look) -> str:
    """A time of the log as people write it, in the zone of this machine."""
    try:
        when = datetime.fromisoformat(text).astimezone()
    except ValueError:
        return escape(text)
    return f'<time datetime="{escape(text)}">{when.day} {_MONTHS[look.language][when.month - 1]} {when:%H:%M}</time>'


def snapshot_moment(name: str, look: Look) -> str:
    """When a snapshot was made, which its name says."""
    try:
        when = datetime.strptime(name.split("-")[0] + "+0000", "%Y%m%dT%H%M%SZ%z")
    except ValueError:
        return escape(name)
    return moment(when.isoformat(), look)


def short(name: str) -> str:
    """The part of a snapshot's name that tells it from the others, as code."""
    return f'<code title="{escape(name)}">{escape(name[-8:])}</code>' if name else ""


_MONTHS = {
    "nl": ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


def _rows(look: Look, active: str) -> str:
    def item(path: str, name: str) -> str:
        current = ' aria-current="page"' if path == active else ""
        dot = f' <span class="dot"><span class="sr">({look.say("waiting")})</span></span>' if (
            name == "proposal" and look.waiting
        ) else ""  # fmt: skip
        return f'<li><a href="{look.link(path)}"{current}>{look.say(name)}{dot}</a></li>'

    links = "".join(item(path, name) for path, name in PAGES)
    who = f"<span>{look.say('local') if look.open else escape(look.name)}</span>"
    out = "" if look.open else form(f"{ROOT}/afmelden", look, button("sign_out", look, kind="quiet"))
    return (
        f'<div class="beheer-top"><nav class="beheer-pages" aria-label="{look.say("name")}"><ul>{links}</ul></nav>'
        f'<div class="who">{who}{out}</div></div>'
    )
