"""What a reader takes along: a conversation as a file, and the application itself on the home screen."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import Body, FastAPI, HTTPException
from fastapi.responses import JSONResponse, Response

from assistant.assistant import Assistant
from assistant.export import FORMATS, MEDIA, export
from assistant.web.frame import static_address
from assistant.web.page import TURNS
from assistant.web.texts import NAME, TEXTS, language_of
from assistant.web.turns import Desk, Turn, asked_from


def add_keep(app: FastAPI, assistant: Assistant, desk: Desk) -> None:
    """Add the routes of the export and of the manifest."""

    @app.post("/uitvoer")
    def exported(sent: Annotated[dict[str, Any], Body()]) -> Response:
        """A conversation as a file, with the answers that were given; one without our seal on it is given anew."""
        kind = next((kind for kind in FORMATS if kind == sent.get("format")), None)
        kept = sent.get("turns")
        if kind is None or not isinstance(kept, list):
            raise HTTPException(400)
        language = language_of(sent.get("language"))
        turns: tuple[Turn, ...] = ()
        for raw in kept[-TURNS:]:
            turns = (*turns, desk.reopen(asked_from(raw, assistant.vocabulary), turns, language))
        answers = [(turn.question, turn.answer) for turn in turns if turn.answer is not None]
        if not answers:
            raise HTTPException(400)
        day = date.today().isoformat()
        content = export(answers, kind, TEXTS[language]["export_title"], day, language)
        name = f'attachment; filename="{NAME.lower()}-{day}.{kind}"'
        return Response(content, media_type=MEDIA[kind], headers={"Content-Disposition": name})

    @app.get("/manifest.json")
    def manifest() -> JSONResponse:
        """What a phone needs to put the application on its home screen."""
        content = {
            "name": NAME,
            "short_name": NAME,
            "description": TEXTS["nl"]["what"],
            "lang": "nl",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#f5f7f7",
            "theme_color": "#0d4a5c",
            "icons": [{"src": static_address("icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
        }
        return JSONResponse(content, media_type="application/manifest+json")
