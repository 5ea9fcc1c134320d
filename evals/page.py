"""Parts that the HTML pages share: the page itself without anything from outside, tables, and one case as a card."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt

from evals.intervals import real
from evals.score import Outcome
from evals.summary import Figure

CSS = Path(__file__).resolve().parent / "report.css"
_MARKDOWN = MarkdownIt("commonmark", {"html": False})


def page(title: str, body: str) -> str:
    """A whole page that needs no other file and asks nothing of the network."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html>\n<html lang="nl"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<style>\n{CSS.read_text(encoding='utf-8')}</style></head>\n<body><main>\n{body}\n</main></body></html>\n"
    )


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], own: int | None = None) -> str:
    """A table; cells are HTML, `own` is the row to stress."""
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = ""
    for number, row in enumerate(rows):
        style = ' class="own"' if number == own else ""
        body += f"<tr{style}>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>"
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def figure(caption: str, drawing: str, note: str = "") -> str:
    """A drawing with its caption."""
    return f"<figure><figcaption>{escape(caption)}<small>{escape(note)}</small></figcaption>{drawing}</figure>"


def changed(found: Figure) -> str:
    """A change with its sign; coloured and starred when it is more than chance."""
    if found.change is None:
        return ""
    text = found.measure.show_change(found.change.mean)
    if text == "=" or not real(found.change) or found.measure.better is None:
        return f'<span class="same">{text}</span>'
    return f'<span class="{"up" if found.change.mean * found.measure.better > 0 else "down"}">{text}*</span>'


def answer(text: str) -> str:
    """The Markdown of an answer as the chat would show it; raw HTML stays text."""
    return f'<div class="answer">{_MARKDOWN.render(text)}</div>'


def gold(outcome: Outcome) -> str:
    """The quotes that a right answer rests on."""
    if not outcome.answerable:
        return "<blockquote>Staat niet in de documenten: hier hoort een weigering.</blockquote>"
    return "".join(
        f"<blockquote>{escape(quote)}<cite>{escape(document)}</cite></blockquote>" for document, quote in outcome.gold
    )


def case(outcome: Outcome) -> str:
    """One case: what was asked, what is wrong and why, the answer and the gold beside each other."""
    return (
        f'<article class="case" id="{escape(outcome.id, quote=True)}">{question(outcome)}'
        f'<p class="why">{escape("; ".join(outcome.reasons)) or "goed"}</p><div class="columns">'
        f'<div><p class="label">Antwoord</p>{answer(outcome.text)}</div>'
        f'<div><p class="label">Goud</p>{gold(outcome)}</div></div></article>'
    )


def question(outcome: Outcome) -> str:
    """What was asked, with what a reader must know of it."""
    asked = " · ".join(
        [
            outcome.id,
            outcome.kind,
            outcome.language,
            f"actor: {outcome.actor}",
            f"zekerheid {outcome.confidence:.2f}".replace(".", ","),
        ]
    )
    earlier = f'<p class="meta">eerder gevraagd: {escape(" → ".join(outcome.history))}</p>' if outcome.history else ""
    return f'<p class="meta">{escape(asked)}</p>{earlier}<p class="question">{escape(outcome.question)}</p>'
