"""The addresses of Beheer: signs in, reads forms, does what they ask and shows the page that follows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from secrets import compare_digest

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from assistant.assistant import Assistant
from assistant.beheer.drafting import Drafting
from assistant.beheer.expiry import tidy
from assistant.beheer.sessions import Session
from assistant.beheer.tools import Tools
from assistant.beheer.uploads import Uploads
from assistant.beheer.workbench import Workbench
from assistant.errors import AssistantError, UsageError
from assistant.model import load_model
from assistant.web import beheer_pages as pages
from assistant.web.beheer_access import COOKIE, GUEST, LOCAL, Access, set_cookie
from assistant.web.beheer_desk import Call, Desk
from assistant.web.beheer_listen import listen
from assistant.web.beheer_parts import ROOT, Look, beheer_page, button, field, form, title, told
from assistant.web.beheer_texts import SAY
from assistant.web.parts import address
from assistant.web.texts import Language, language_of

AT_ONCE = 20
Handler = Callable[[Desk, Call], Response]


def add_beheer(app: FastAPI, assistant: Assistant, host: str, tools: Tools) -> None:
    """Add the pages of maintainers.

    Args:
        app: gets the addresses.
        assistant: whose documents are maintained.
        host: where the server listens; on anything but loopback an account is needed.
        tools: the evals, where they are installed.

    Raises:
        UsageError: a setting of Beheer is not valid.
    """
    access = Access(assistant.settings, host)
    bench = Workbench(assistant, tools)
    desk = Desk(
        assistant,
        bench,
        Uploads(bench.index, lambda: bench.stage),
        tools,
        listen(assistant),
        Drafting(bench.index, load_model(assistant.settings), bench.audit),
    )
    tidy(bench, desk.uploads)
    # The last of the pages answers for every address that the others do not know.
    app.add_route(f"{ROOT}/aanmelden", partial(_sign_in, access, desk), methods=["GET", "POST"])
    app.add_route(f"{ROOT}/afmelden", partial(_sign_out, access, desk), methods=["POST"])
    for path, method, handler in pages.ROUTES:
        app.add_route(path, _endpoint(access, desk, handler), methods=[method], include_in_schema=False)


def _endpoint(access: Access, desk: Desk, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """What stands before every page: who asks, and on a POST whether the form is ours."""

    async def answer(request: Request) -> Response:
        language = language_of(request.query_params.get("taal"))
        try:
            entry = await run_in_threadpool(access.enter, request)
            if entry.session is None:
                return _no_store(_off(language) if entry.off else _to_sign_in(request, language))
            form_data = FormData()
            if request.method == "POST":
                # Read only for who is signed in; files go to the disk as they come.
                form_data = await request.form(max_files=AT_ONCE, max_fields=200)
                language = language_of(form_data.get("taal") or language)
            look = _look(entry.session, language)
            if request.method == "POST" and not _is_ours(form_data, entry.session):
                response: Response = beheer_page(
                    look.words("name"), told(SAY[language]["expired"], "bad"), look, "", 403
                )
            else:
                call = Call(request, entry.session.name, form_data, look)
                response = await run_in_threadpool(_handled, handler, desk, call)
            await form_data.close()
        except AssistantError as error:
            return _no_store(_failed(error, Look(language)))
        except HTTPException:
            # What Starlette says of a form with more files or fields than it may have.
            return _no_store(_failed(UsageError(SAY[language]["too_many"].format(n=AT_ONCE)), Look(language)))
        if entry.token:
            set_cookie(response, request, COOKIE, entry.token)
        return _no_store(response)

    return answer


def _handled(handler: Handler, desk: Desk, call: Call) -> Response:
    try:
        return handler(desk, call)
    except AssistantError as error:
        return _failed(error, call.look)


def _failed(error: AssistantError, look: Look) -> HTMLResponse:
    body = title(look.words("name"), look, ROOT) + told(str(error), "bad")
    return beheer_page(look.words("name"), body, look, "", 409)


def _look(session: Session, language: Language) -> Look:
    return Look(language, session.name, session.csrf, open=session.name == LOCAL and not session.mark)


def _is_ours(sent: FormData, session: Session) -> bool:
    given = sent.get("csrf")
    return isinstance(given, str) and compare_digest(given.encode(), session.csrf.encode())


async def _sign_in(access: Access, desk: Desk, request: Request) -> Response:
    language = language_of(request.query_params.get("taal"))
    try:
        entry = await run_in_threadpool(access.enter, request)
        if entry.off:
            return _no_store(_off(language))
        if entry.session is not None:
            response: Response = RedirectResponse(address(ROOT, language), 303)
            if entry.token:
                set_cookie(response, request, COOKIE, entry.token)
            return _no_store(response)
        cookie, csrf = access.guest(request)
        if request.method == "GET":
            response = _sign_in_page(csrf, language)
        else:
            sent = await request.form(max_files=0, max_fields=10)
            language = language_of(sent.get("taal") or language)
            response = await run_in_threadpool(_tried, access, desk, request, sent, csrf, language)
    except AssistantError as error:
        return _no_store(_failed(error, Look(language)))
    set_cookie(response, request, GUEST, cookie)
    return _no_store(response)


def _tried(access: Access, desk: Desk, request: Request, sent: FormData, csrf: str, language: Language) -> Response:
    """The page after an attempt to sign in."""
    name, password = str(sent.get("naam") or "")[:200], str(sent.get("wachtwoord") or "")[:1_000]
    say = SAY[language]
    if not compare_digest(str(sent.get("csrf") or "").encode(), csrf.encode()):
        return _sign_in_page(csrf, language, name, say["expired"], 403)
    token, wait = access.sign_in(request, name, password)
    if wait:
        page = _sign_in_page(csrf, language, name, say["too_often"].format(minutes=-(-wait // 60)), 429)
        page.headers["Retry-After"] = str(wait)
        return page
    known = name.strip().lower() if name.strip().lower() in access.accounts.names() else "onbekend"
    desk.bench.audit.write(known, "signed_in" if token else "refused")
    if not token:
        return _sign_in_page(csrf, language, name, say["wrong"], 401)
    response = RedirectResponse(address(ROOT, language), 303)
    set_cookie(response, request, COOKIE, token)
    return response


async def _sign_out(access: Access, desk: Desk, request: Request) -> Response:
    entry = await run_in_threadpool(access.enter, request)
    language = language_of(request.query_params.get("taal"))
    response = RedirectResponse(address(f"{ROOT}/aanmelden", language), 303)
    if entry.session is not None:
        sent = await request.form(max_files=0, max_fields=10)
        if not _is_ours(sent, entry.session):
            look = _look(entry.session, language)
            return _no_store(beheer_page(look.words("name"), told(SAY[language]["expired"], "bad"), look, "", 403))
        access.sessions.end(request.cookies.get(COOKIE, ""))
        await run_in_threadpool(desk.bench.audit.write, entry.session.name, "signed_out")
        response.delete_cookie(COOKIE, path="/beheer")
    return _no_store(response)


def _to_sign_in(request: Request, language: Language) -> Response:
    if request.query_params.get("stand"):
        return JSONResponse({"ready": True}, 401)
    return RedirectResponse(address(f"{ROOT}/aanmelden", language), 303)


def _sign_in_page(csrf: str, language: Language, name: str = "", message: str = "", status: int = 200) -> HTMLResponse:
    look = Look(language, csrf=csrf)
    fields = (
        field("naam", look.say("account"), name, 'autocomplete="username" required maxlength="64"')
        + field("wachtwoord", look.say("password"), "", 'type="password" autocomplete="current-password" required')
        + button("sign_in", look)
    )
    path = f"{ROOT}/aanmelden"
    body = title(look.words("name"), look, path, f"<p>{look.say('sign_in_what')}</p>") + told(message, "bad")
    return beheer_page(look.words("sign_in"), body + form(path, look, fields, 'class="sign-in"'), look, "", status)


def _off(language: Language) -> HTMLResponse:
    look = Look(language)
    body = (
        title(look.words("off"), look, ROOT)
        + f'<p>{look.say("off_what")}</p><pre class="command"><code>assistant account add NAAM</code></pre>'
        + f'<p class="facts">{look.say("off_proxy")}</p>'
    )
    return beheer_page(look.words("off"), body, look, "", 403)


def _no_store(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
