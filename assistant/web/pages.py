"""The pages beside the chat, and their addresses: LED-route, Kwaliteitskader, LOP-koers, Documenten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from urllib.parse import parse_qs

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from assistant.assistant import Assistant
from assistant.errors import UsageError
from assistant.pathways import place
from assistant.read import Problem
from assistant.types import Hit
from assistant.web import checklist, documents, led_route, matrix_page, timeline
from assistant.web.checklist import checklist_html, checklist_of
from assistant.web.library import Library, View
from assistant.web.matrix_page import MatrixPages
from assistant.web.page_texts import SAY
from assistant.web.parts import head, notice, respond
from assistant.web.texts import Language, language_of

ROUTE, TIMELINE = "led", "lop-koers"
FOUND = 10
# How far down the ranking a search within one document looks: the others take places too.
_LOOKED_THROUGH = 200
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def add_pages(app: FastAPI, assistant: Assistant) -> None:
    """Add the pages to the application."""
    library = Library(assistant)

    @app.get(led_route.PATH)
    def led(request: Request) -> HTMLResponse:
        return _led(library.view(), request.query_params)

    @app.get(timeline.PATH)
    def koers(request: Request) -> HTMLResponse:
        return _koers(library.view(), request.query_params)

    @app.get(matrix_page.PATH)
    def kader(request: Request) -> HTMLResponse:
        return _kader(library.view(), request)

    @app.post(checklist.EXPORT)
    async def lijst(request: Request) -> Response:
        # The guard has refused what is too long, so the whole body fits in memory.
        body = (await request.body()).decode("utf-8", errors="replace")
        return await run_in_threadpool(_exported, library.view(), parse_qs(body))

    @app.get(documents.PATH)
    def documenten(request: Request) -> HTMLResponse:
        return _documenten(assistant, library.view(), request.query_params)


def _led(view: View, query: Mapping[str, str]) -> HTMLResponse:
    language = language_of(query.get("taal"))
    say = SAY[language]
    route = view.pathways.routes.get(ROUTE)
    if route is None:
        return _not_built(ROUTE, say["route_title"], say["route_what"], view, language, led_route.PATH)
    asked = {choice.id: query.get(choice.id, "") for choice in route.choices}
    choices = {choice.id: asked[choice.id] for choice in route.choices if asked[choice.id] in choice.options}
    found = place(route, choices)
    return respond(
        say["route_title"], led_route.route_html(route, choices, found, view, language), language, led_route.PATH
    )


def _koers(view: View, query: Mapping[str, str]) -> HTMLResponse:
    language = language_of(query.get("taal"))
    say = SAY[language]
    found = view.pathways.timelines.get(TIMELINE)
    if found is None:
        return _not_built(TIMELINE, say["timeline_title"], say["timeline_what"], view, language, timeline.PATH)
    return respond(say["timeline_title"], timeline.timeline_html(found, view, language), language, timeline.PATH)


def _kader(view: View, request: Request) -> HTMLResponse:
    query = request.query_params
    language = language_of(query.get("taal"))
    say = SAY[language]
    pages = _pages_of(view, query.get("document", ""), language)
    if pages is None:
        empty = head(say["framework_title"], "", language, matrix_page.PATH) + notice(say["no_matrix"], ())
        return respond(say["framework_title"], empty, language, matrix_page.PATH, 404)
    domain = query.get("domein", "")
    domain = domain if domain in pages.matrix.domains else ""
    asked = [name for value in query.getlist("vergelijk") for name in value.split(",")]
    compared = [name for name in asked if name in pages.matrix.actors][:2]
    actor, listed = query.get("actor", ""), query.get("lijst", "")
    body: str | None = pages.whole()
    if len(compared) == 2:
        body = pages.compared(compared, domain)
    elif listed:
        body = checklist_html(pages, listed, domain, view, language) if listed in pages.matrix.actors else None
    elif actor:
        body = pages.cell(actor, domain)
    if body is None:
        body = (
            head(say["framework_title"], "", language, matrix_page.PATH)
            + notice(say["unknown_cell"], ())
            + pages.whole()
        )
        return respond(say["framework_title"], body, language, matrix_page.PATH, 404)
    return respond(pages.matrix.document.title, body, language, matrix_page.PATH)


def _exported(view: View, form: Mapping[str, list[str]]) -> Response:
    from assistant import checklist_export  # heavy, and few need it

    said = {name: values[0] for name, values in form.items()}
    language = language_of(said.get("taal"))
    pages = _pages_of(view, said.get("document", ""), language)
    actor, form_of = said.get("lijst", ""), said.get("vorm", "")
    if pages is None or actor not in pages.matrix.actors or form_of not in _TYPES:
        say = SAY[language]
        return respond(say["framework_title"], notice(say["unknown_cell"], ()), language, matrix_page.PATH, 404)
    domain = said.get("domein", "")
    domain = domain if domain in pages.matrix.domains else ""
    listed = checklist_of(pages, actor, domain, frozenset(form.get("vink", ())), language)
    write = checklist_export.to_docx if form_of == "docx" else checklist_export.to_pdf
    content = write(listed, SAY[language], date.today().isoformat())
    return Response(
        content,
        media_type=_TYPES[form_of],
        headers={"Content-Disposition": f'attachment; filename="checklist.{form_of}"'},
    )


def _documenten(assistant: Assistant, view: View, query: Mapping[str, str]) -> HTMLResponse:
    language = language_of(query.get("taal"))
    say = SAY[language]
    name, words = query.get("document", ""), " ".join(query.get("zoek", "").split())[:300]
    document = view.snapshot.documents.get(name)
    if name and document is None:
        body = head(say["documents_title"], "", language, documents.PATH) + notice(say["unknown_document"], ())
        return respond(say["documents_title"], body, language, documents.PATH, 404)
    found = _found(assistant, view, words, name, language) if words else ""
    if document is not None:
        return respond(
            document.title, documents.document_html(document, view, found, words, language), language, documents.PATH
        )
    number = query.get("bladzijde", "1")
    page = int(number) if number.isdecimal() and len(number) < 7 else 1
    return respond(
        say["documents_title"], documents.list_html(view, page, found, words, language), language, documents.PATH
    )


def _found(assistant: Assistant, view: View, words: str, document: str, language: Language) -> str:
    try:
        hits: list[Hit] = assistant.search(words, k=_LOOKED_THROUGH if document else FOUND)
    except UsageError as error:
        return notice(SAY[language]["search_bad"].format(why=error), ())
    # A snapshot published just now may find what the arranged one does not hold yet.
    known = [hit for hit in hits if hit.passage.document in view.snapshot.documents]
    wanted = [hit for hit in known if document in ("", hit.passage.document)][:FOUND]
    return documents.found_html(words, wanted, view, language)


def _pages_of(view: View, name: str, language: Language) -> MatrixPages | None:
    """The matrix of a document, or the first there is."""
    matrix = view.matrices.get(name) or next(iter(view.matrices.values()), None)
    return MatrixPages(matrix, view, language) if matrix else None


def _not_built(name: str, title: str, what: str, view: View, language: Language, path: str) -> HTMLResponse:
    """The page in the place of a pathway: there is none, or what it says cannot be proved any more."""
    say = SAY[language]
    wrong: list[Problem] = [problem for problem in view.pathways.problems if problem.file.endswith(f"/{name}.yaml")]
    if not wrong:
        return respond(
            title,
            head(title, "", language, path) + notice(say["no_pathway"].format(what=what), ()),
            language,
            path,
            404,
        )
    told = notice(
        f"{say['not_built']}. {say['not_built_why']}", [str(problem) for problem in wrong], say["not_built_do"]
    )
    return respond(title, head(title, "", language, path) + told, language, path, 503)
