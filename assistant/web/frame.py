"""The HTML around a page: Gradio's own index page made ours, the page of a source, the addresses of our files."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from html import escape
from pathlib import Path

from assistant.web.shell import header_html, words_for_scripts
from assistant.web.texts import NAME, TEXTS, Language

STATIC = Path(__file__).with_name("static")
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
# In this order: the second and later use what the first provides.
CHAT_SCRIPTS = ("source.js", "working.js", "app.js", "keep.js")
PAGE_SCRIPTS = ("source.js",)
_VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">'
# What Gradio's index page says about Gradio: pictures on other sites, its own name, a manifest that we do not have.
_NOT_OURS = re.compile(
    r'\s*<meta\s+(?:property="og:|name="twitter:|name="viewport")[^>]*>|\s*<link rel="manifest"[^>]*>', re.DOTALL
)


@lru_cache(maxsize=8)
def static_address(name: str) -> str:
    """The address of one of our files; it changes with the file, so that browsers may keep it for ever."""
    return f"/eigen/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def index_page(page: str, documents: str) -> str:
    """Gradio's index page with our head, and something to read until the scripts have loaded."""
    head = f"{_VIEWPORT}<title>{NAME}</title>{_links()}{_scripts(CHAT_SCRIPTS)}"
    first = (
        f'<div id="eerst"><p class="name">{NAME}</p><p role="status">{TEXTS["nl"]["loading"]}</p>'
        f"<noscript><p>{TEXTS['nl']['noscript']}</p>{documents}</noscript></div>"
    )
    page = _NOT_OURS.sub("", page).replace('lang="en"', 'lang="nl"', 1)
    page = page.replace('<meta charset="utf-8" />', f'<meta charset="utf-8" />{head}', 1)
    return page.replace("<gradio-app", f"{first}<gradio-app", 1)


def plain_page(
    title: str,
    body: str,
    language: Language,
    active: str = "",
    scripts: tuple[str, ...] = PAGE_SCRIPTS,
    styles: tuple[str, ...] = (),
) -> str:
    """A page that the server writes: the header with all pages, and `body` (safe HTML) in its <main>.

    Args:
        title: the page's title, as plain text.
        body: the HTML of the page.
        language: the language of the page around the documents.
        active: the address of the page, one of shell.PAGES, or nothing.
        styles: names of style sheets in static/, beside the one that every page has.
        scripts: names of files in static/; source.js opens links with data-source in a panel.
    """
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">{_VIEWPORT}'
        f"<title>{escape(title)} · {NAME}</title>{_links(styles)}{_scripts(scripts)}</head>"
        f'<body class="plain" {words_for_scripts(language)}><header id="kop">{header_html(active, language)}</header>'
        f'<main id="inhoud" tabindex="-1">{body}</main></body></html>'
    )


def source_page(title: str, body: str, language: Language) -> str:
    """A source on a page of its own, which can be linked to and read without scripts."""
    return plain_page(title, f'<div class="source">{body}</div>', language, scripts=())


def _scripts(names: tuple[str, ...]) -> str:
    return "".join(f'<script defer src="{static_address(name)}"></script>' for name in names)


def _links(styles: tuple[str, ...] = ()) -> str:
    sheets = (f'<link rel="stylesheet" href="{static_address(name)}">' for name in ("style.css", *styles))
    return (
        f"{''.join(sheets)}"
        f'<link rel="icon" type="image/svg+xml" href="{static_address("icon.svg")}">'
        '<link rel="manifest" href="/manifest.json"><meta name="theme-color" content="#0d4a5c">'
    )
