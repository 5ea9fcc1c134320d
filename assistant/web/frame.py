"""The HTML around a page: Gradio's own index page made ours, the page of a source, the addresses of our files."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from html import escape
from pathlib import Path

from assistant.web.texts import NAME, TEXTS, Language

STATIC = Path(__file__).with_name("static")
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">'
# What Gradio's index page says about Gradio: pictures on other sites, its own name, a manifest that we do not have.
_NOT_OURS = re.compile(r'\s*<meta\s+(?:property="og:|name="twitter:|name="viewport")[^>]*>|\s*<link rel="manifest"[^>]*>', re.DOTALL)


@lru_cache(maxsize=8)
def static_address(name: str) -> str:
    """The address of one of our files; it changes with the file, so that browsers may keep it for ever."""
    return f"/eigen/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def index_page(page: str, documents: str) -> str:
    """Gradio's index page with our head, and something to read until the scripts have loaded."""
    head = (
        f"{_VIEWPORT}<title>{NAME}</title>{_links()}"
        f'<script defer src="{static_address("app.js")}"></script>'
    )
    first = (
        f'<div id="eerst"><p class="name">{NAME}</p><p role="status">{TEXTS["nl"]["loading"]}</p>'
        f"<noscript><p>{TEXTS['nl']['noscript']}</p>{documents}</noscript></div>"
    )
    page = _NOT_OURS.sub("", page).replace('lang="en"', 'lang="nl"', 1)
    page = page.replace('<meta charset="utf-8" />', f'<meta charset="utf-8" />{head}', 1)
    return page.replace("<gradio-app", f"{first}<gradio-app", 1)


def source_page(title: str, body: str, language: Language) -> str:
    """A source on a page of its own, which can be linked to and read without scripts."""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">{_VIEWPORT}'
        f"<title>{escape(title)} · {NAME}</title>{_links()}</head>"
        f'<body class="alone"><p class="name"><a href="/">{NAME}</a></p><main class="source">{body}</main></body></html>'
    )


def _links() -> str:
    return f'<link rel="stylesheet" href="{static_address("style.css")}"><link rel="icon" type="image/svg+xml" href="{static_address("icon.svg")}">'
