"""The HTTP interface for other programs: /api/*, health checks, and a page that describes them without any network."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from html import escape
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from assistant.assistant import Assistant
from assistant.errors import AssistantError, UsageError
from assistant.openai_api import add_openai_routes
from assistant.service import (
    MOST_HITS,
    ask_json,
    document_json,
    documents_json,
    pathway_json,
    pathways_json,
    search_json,
)

TITLE = "Opleidingsassistent"


class Asked(BaseModel):
    """A question, as `assistant ask --batch` takes it."""

    question: str = Field(description="De vraag, Nederlands of Engels")
    actor: str | None = Field(None, description="aios, opleider, coc, rvb, cluster, oor of docent")
    history: list[str] = Field([], max_length=50, description="Eerdere vragen, oudste eerst")


class AskRequest(Asked):
    """A question and how to answer it."""

    mode: Literal["auto", "quote", "llm"] | None = None
    plain: bool = Field(False, description="Eenvoudiger uitgelegd (B1), alleen met een taalmodel")


class SearchRequest(Asked):
    """A question and how many passages to give."""

    k: int = Field(10, ge=1, le=MOST_HITS)


class _Route(APIRoute):
    """Turns errors into JSON of one form: 400 or 422 for a wrong request, 503 when the work failed."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Any]]:  # type: ignore[override]
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                faults = "; ".join(f"{'.'.join(map(str, e['loc'][1:]))}: {e['msg']}" for e in error.errors())
                message = f"Het verzoek klopt niet ({faults}). Hoe het moet: /api/docs"
                return JSONResponse({"error": {"message": message, "type": "invalid_request_error"}}, 422)
            except AssistantError as error:
                wrong = isinstance(error, UsageError)
                kind = "invalid_request_error" if wrong else "server_error"
                return JSONResponse({"error": {"message": str(error), "type": kind}}, 400 if wrong else 503)

        return handled


def create_router(assistant: Assistant) -> APIRouter:
    """Every route for other programs, the OpenAI-compatible ones among them."""
    router = APIRouter(route_class=_Route)
    _add_questions(router, assistant)
    _add_documents(router, assistant)
    _add_health(router, assistant)
    add_openai_routes(router, assistant)
    _add_description(router)
    return router


def create_api(assistant: Assistant) -> FastAPI:
    """An application with these routes only, without the web chat."""
    app = FastAPI(title=TITLE, docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(create_router(assistant))
    return app


def _add_questions(router: APIRouter, assistant: Assistant) -> None:
    @router.post("/api/ask", summary="Beantwoord een vraag")
    def ask(body: AskRequest) -> dict[str, Any]:
        """Een antwoord met per uitspraak de citaten die hem bewijzen."""
        return ask_json(assistant, body.question, body.actor, body.history, body.mode, body.plain)

    @router.post("/api/search", summary="Zoek passages")
    def search(body: SearchRequest) -> dict[str, Any]:
        """De passages die het dichtst bij een vraag liggen, beste eerst."""
        return search_json(assistant, body.question, body.k, body.actor, body.history)


def _add_documents(router: APIRouter, assistant: Assistant) -> None:
    @router.get("/api/documents", summary="Welke documenten er zijn")
    def documents() -> list[dict[str, Any]]:
        return documents_json(assistant)

    @router.get("/api/documents/{id:path}", summary="Een document met zijn tekst", response_model=None)
    def document(id: str) -> dict[str, Any] | JSONResponse:
        found = document_json(assistant, id)
        missing = {"error": {"message": f"Er is geen document '{id}'.", "type": "invalid_request_error"}}
        return JSONResponse(missing, 404) if found is None else found

    @router.get("/api/pathways", summary="Welke routes en tijdlijnen er zijn")
    def pathways() -> list[dict[str, Any]]:
        return pathways_json(assistant)

    @router.get("/api/pathways/{id}", summary="Een route of tijdlijn; keuzes als vraagparameters")
    def pathway(id: str, request: Request, taal: Annotated[Literal["nl", "en"], "language"] = "nl") -> dict[str, Any]:
        choices = {name: value for name, value in request.query_params.items() if name != "taal"}
        return pathway_json(assistant, id, choices, taal)


def _add_health(router: APIRouter, assistant: Assistant) -> None:
    @router.get("/healthz", summary="Leeft het proces")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", summary="Kan er geantwoord worden")
    def readyz() -> dict[str, Any]:
        manifest = assistant.snapshot.manifest
        return {"status": "ok", "snapshot": manifest.id, "documents": manifest.documents, "passages": manifest.passages}


def _add_description(router: APIRouter) -> None:
    @router.get("/api/openapi.json", include_in_schema=False)
    def schema() -> dict[str, Any]:
        return get_openapi(title=TITLE, version="1", routes=router.routes)

    @router.get("/api/docs", include_in_schema=False)
    def page() -> HTMLResponse:
        return HTMLResponse(_page(get_openapi(title=TITLE, version="1", routes=router.routes)))


def _page(schema: dict[str, Any]) -> str:
    """The OpenAPI description as one plain page: nothing is fetched from anywhere."""
    rows = []
    for path, methods in schema["paths"].items():
        for method, about in methods.items():
            content = about.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            fields = (
                schema["components"]["schemas"]
                .get(content.get("$ref", "").rpartition("/")[2], {})
                .get("properties", {})
            )
            listed = "".join(
                f"<li><code>{escape(name)}</code> {escape(str(field.get('description', '')))}</li>"
                for name, field in fields.items()
            )
            rows.append(
                f"<section><h2><code>{method.upper()} {escape(path)}</code></h2><p>{escape(about.get('summary', ''))}. "
                f"{escape(about.get('description', ''))}</p>{f'<ul>{listed}</ul>' if listed else ''}</section>"
            )
    return (
        f'<!doctype html><html lang="nl"><meta charset="utf-8"><title>{TITLE}: API</title>'
        "<style>body{font:16px/1.5 system-ui;max-width:48rem;margin:2rem auto;padding:0 1rem}"
        "h2{font-size:1.1rem}</style>"
        f"<h1>{TITLE}: voor andere programma’s</h1>"
        f'<p>Volledige beschrijving: <a href="/api/openapi.json">openapi.json</a></p>'
        f"{''.join(rows)}</html>"
    )
