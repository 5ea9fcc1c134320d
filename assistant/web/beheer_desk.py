"""What the pages of Beheer work with, one request of somebody who was let in, and the page around an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from assistant.assistant import Assistant
from assistant.beheer.drafting import Drafting
from assistant.beheer.gaps import Questions
from assistant.beheer.tools import Tools
from assistant.beheer.uploads import Uploads
from assistant.beheer.workbench import Workbench
from assistant.web.beheer_parts import Look, beheer_page, told
from assistant.web.beheer_texts import SAY
from assistant.web.parts import address


@dataclass(frozen=True, eq=False)
class Desk:
    """What the pages work with."""

    assistant: Assistant
    bench: Workbench
    uploads: Uploads
    tools: Tools
    questions: Questions
    drafting: Drafting


@dataclass(frozen=True, eq=False)
class Call:
    """One request of somebody who was let in; `sent` is the form of a POST, whose token was right."""

    request: Request
    who: str
    sent: FormData
    look: Look

    def value(self, name: str, most: int = 300) -> str:
        """One field of the form, as text."""
        found = self.sent.get(name)
        return found[:most].strip() if isinstance(found, str) else ""

    def asked(self, name: str) -> str:
        """One value of the address."""
        return self.request.query_params.get(name, "").strip()

    def done(self, path: str, what: str) -> Response:
        """On to another page, which says what was done."""
        return RedirectResponse(address(path, self.look.language, [("gedaan", what)]), 303)


def page(
    desk: Desk, call: Call, name: str, body: Callable[[Look], str], active: str, status: int = 200
) -> HTMLResponse:
    """A page around what `body` gives for the reader; `name` is that of its title in the texts."""
    look = replace(call.look, waiting=desk.bench.proposal() is not None)
    return beheer_page(SAY[look.language][name], body(look), look, active, status)


def message_of(call: Call) -> str:
    """What was just done, from the address: only our own words can be shown with it."""
    known = ("discarded", "published", "rolled_back", "saved")
    return SAY[call.look.language][call.asked("gedaan")] if call.asked("gedaan") in known else ""


def missing(desk: Desk, call: Call) -> Response:
    """A page that is not there, or not any more."""
    return page(desk, call, "name", lambda look: told(SAY[look.language]["nothing_here"], "bad"), "", 404)
