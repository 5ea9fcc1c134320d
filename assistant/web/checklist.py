"""The checklist of an actor → its page, and the same list with its ticks as a value that can be exported."""

from __future__ import annotations

from collections.abc import Collection
from html import escape

from assistant.checklist import Checklist, Line, Part
from assistant.web.library import View
from assistant.web.matrix import Cell, Group, mark_of
from assistant.web.matrix_page import PATH, MatrixPages
from assistant.web.page_texts import SAY
from assistant.web.parts import citation_of, crumb_trail, head, inline, proof_mark
from assistant.web.richtext import plain
from assistant.web.texts import Language

EXPORT = f"{PATH}/lijst"


def checklist_of(pages: MatrixPages, actor: str, domain: str, ticks: Collection[str], language: Language) -> Checklist:
    """The list of an actor, of one domain or ('') of all, with the lines ticked whose marks are among `ticks`."""
    matrix, say = pages.matrix, SAY[language]
    parts = tuple(
        Part(
            domain=pages.domain(cell.domain),
            heading=group.heading,
            lines=tuple(Line(plain(passage.quote), mark_of(cell, passage) in ticks) for passage in group.passages),
        )
        for cell in matrix.of_actor(actor, domain or None)
        for group in cell.groups
    )
    source = say["from_document"].format(title=matrix.document.title, version=matrix.document.sha256[:12])
    notes = tuple(plain(passage.quote) for passage in matrix.about.get(actor, ()))
    return Checklist(say["checklist_of"], pages.actor(actor), notes, parts, source)


def checklist_html(pages: MatrixPages, actor: str, domain: str, view: View, language: Language) -> str:
    """The page: boxes that pages.js keeps in the browser, and a form that exports them without scripts too."""
    say, matrix = SAY[language], pages.matrix
    cells = matrix.of_actor(actor, domain or None)
    query = [("lijst", actor), *([("domein", domain)] if domain else [])]
    hidden = {"document": matrix.document.id, "lijst": actor, "domein": domain, "taal": language}
    fields = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in hidden.items())
    total = sum(len(cell.passages) for cell in cells)
    so_far = say["progress"].format(n=0, all=total)
    progress = f'<p class="progress" role="status" data-progress="{escape(say["progress"])}">{so_far}</p>'
    clear = (
        f'<button class="quiet" type="button" data-clear="{escape(say["clear_sure"])}" hidden>{say["clear"]}</button>'
    )
    noscript = f'<noscript><p class="notice">{say["checklist_noscript"]}</p></noscript>'
    choices = [(pages.link(lijst=actor), "", say["all_domains"])]
    choices += [(pages.link(lijst=actor, domein=name), name, pages.domain(name)) for name in matrix.domains]
    narrower = "".join(
        f'<li><a class="chip" href="{escape(href)}"{current}>{escape(text)}</a></li>'
        for href, name, text in choices
        for current in (' aria-current="page"' if name == domain else "",)
    )
    title = f"{pages.actor(actor)}: {say['checklist_of']}"
    return (
        crumb_trail([(pages.link(), f"{say['to_matrix']}: {matrix.document.title}")])
        + head(title, f"<p>{say['checklist_how']}</p>{pages.about(actor)}", language, PATH, query)
        + f'{noscript}<ul class="chips">{narrower}</ul><form class="checklist" method="post" action="{EXPORT}" '
        f'data-checklist="{escape(matrix.document.id)}">{fields}'
        f"{''.join(_cell(pages, cell, view, language) for cell in cells)}"
        f'<div class="export">{progress}<button class="main" name="vorm" value="docx">{say["as_docx"]}</button>'
        f'<button class="main" name="vorm" value="pdf">{say["as_pdf"]}</button>{clear}</div></form>'
    )


def _cell(pages: MatrixPages, cell: Cell, view: View, language: Language) -> str:
    groups = "".join(_group(pages, cell, group, view, language) for group in cell.groups)
    return f"<section><h2>{escape(pages.domain(cell.domain))}</h2>{groups}</section>"


def _group(pages: MatrixPages, cell: Cell, group: Group, view: View, language: Language) -> str:
    spoken = escape(pages.matrix.document.language)
    lines = "".join(
        f'<li><label><input type="checkbox" name="vink" value="{mark_of(cell, passage)}">'
        f"<span>{inline(passage.quote)}</span></label> {proof_mark(citation_of(passage, view), view, language)}</li>"
        for passage in group.passages
    )
    return (
        f'<fieldset lang="{spoken}"><legend>{escape(group.heading)}</legend><ul class="ticks">{lines}</ul></fieldset>'
    )
