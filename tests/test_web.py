"""The web chat without a browser: what is refused, which headers come along, that hostile text stays text."""

import base64
import hashlib
import re
import socket
from html.parser import HTMLParser

import gradio as gr
import pytest
from fastapi.testclient import TestClient

from assistant.answer import cite, shown
from assistant.assistant import Assistant
from assistant.build import build_index
from assistant.embed import load_encoder
from assistant.errors import FailedError
from assistant.settings import Settings
from assistant.types import Answer, Question
from assistant.web.app import create_app, serve
from assistant.web.page import TURNS, Chat
from assistant.web.privacy import privacy_line
from assistant.web.richtext import highlighted, link_address, plain, to_html
from assistant.web.running import MOST, Run, Runs
from assistant.web.security import MAX_POST, MAX_TALK
from assistant.web.source import source_address
from assistant.web.turns import Desk

RULES = """---
title: Regeling bijscholing
publisher: Stichting Proef
status: vastgesteld
date: 2025-03-01
---
# Regeling bijscholing

## Vergoeding

De stichting vergoedt per kalenderjaar ten hoogste drie cursusdagen.

De aanvraag wordt **vooraf** ingediend bij het secretariaat.

## Voorwaarden voor deelname

- de deelnemer heeft een aanstelling van ten minste zes maanden;
- de deelnemer heeft toestemming van de leidinggevende.
"""
HOSTILE_NAME = "kwaad <img src=x onerror=alert(1)>"
HOSTILE = """---
title: '<script>alert("titel")</script>'
publisher: '"><img src=x onerror=alert(2)>'
status: '<b onmouseover=alert(3)>concept</b>'
---
# Zwembadreglement <svg onload=alert(4)>

De badmeester opent het zwembad om <script>alert(5)</script> zeven uur.
<img src=https://evil.example/p.png onerror=alert(6)>

Lees [de huisregels](javascript:alert(7)) en ![plaatje](https://evil.example/q.png) en <https://goed.example/regels>.

<form action="https://evil.example"><button>Inloggen</button></form>
"""
EVIL_TAGS = {
    "script",
    "img",
    "svg",
    "iframe",
    "object",
    "embed",
    "style",
    "link",
    "meta",
    "base",
    "form",
    "video",
    "audio",
}


class _Tags(HTMLParser):
    """Collects every element of a piece of HTML with its attributes."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def assert_inert(html, allowed=("svg",)):
    """Nothing in the HTML loads, runs or submits anything; `svg` is drawn by our own icons."""
    for tag, attributes in _Tags(html).found:
        assert tag not in EVIL_TAGS - set(allowed), (tag, attributes)
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, attributes)
            assert not re.match(r"\s*(javascript|data|vbscript):", value or "", re.IGNORECASE), (tag, attributes)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    corpus, index = tmp_path_factory.mktemp("corpus"), tmp_path_factory.mktemp("index")
    (corpus / "regeling.md").write_text(RULES, encoding="utf-8")
    (corpus / f"{HOSTILE_NAME}.md").write_text(HOSTILE, encoding="utf-8")
    build_index(corpus, index, load_encoder("bundled"))
    return Assistant.open(corpus=corpus, index=index)


@pytest.fixture(scope="module")
def client(assistant):
    with TestClient(create_app(assistant), base_url="http://127.0.0.1:7860") as client:
        yield client


@pytest.fixture
def chat(assistant):
    return Chat(assistant, Desk(assistant), Runs())


def ask(chat, question, turns=(), **more):
    return chat.ask(gr.EventData(None, {"question": question, "role": "", "language": "nl", **more}), turns)


def citation_of(assistant, words):
    """The citation of the passage that holds these words."""
    passage = next(passage for passage in assistant.snapshot.passages if words in passage.quote)
    return cite(passage, 1, assistant.snapshot)


def quoting(assistant, words):
    """A `stream` that answers every question with the passage that holds these words, or refuses when words is None."""

    def answer(question, **_):
        yield said(question)

    def said(question):
        understood = Question(question, question, "nl", "fact")
        if words is None:
            return Answer(question, "not_found", "Dat staat niet in de documenten.", understood)
        citation = citation_of(assistant, words)
        return Answer(question, "answered", f"{shown(citation.quote)} [1]", understood, citations=(citation,))

    return answer


def test_every_answer_has_the_security_headers(client):
    for path in ("/", "/bron/regeling", "/eigen/style.css", "/config", "/nergens"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["x-frame-options"] == "DENY", path
        assert headers["referrer-policy"] == "same-origin", path
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert "access-control-allow-origin" not in headers, path


def test_the_policy_names_each_inline_script_and_no_other_place(client):
    page = client.get("/")
    policy = page.headers["content-security-policy"]
    inline = re.findall(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", page.content, re.DOTALL)
    assert inline
    for script in inline:
        assert f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" in policy
    scripts = next(part for part in policy.split(";") if "script-src" in part)
    assert "'unsafe-inline'" not in scripts
    assert "http" not in policy
    assert "*" not in policy


def test_a_page_names_no_other_origin(client):
    for path in ("/", "/bron/regeling"):
        loaded = re.findall(r'<(?:script|link|img|iframe)[^>]*\s(?:src|href)="([^"]+)"', client.get(path).text)
        assert loaded
        assert all(address.startswith(("/", "./")) and not address.startswith("//") for address in loaded), loaded


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/upload",
        "/gradio_api/run/ask",
        "/gradio_api/proxy=https://example.org",
        "/gradio_api/info",
        "/monitoring",
        "/login",
        "/docs",
        "/openapi.json",
        "/eigen/../app.py",
        "/eigen/page.py",
        "/.env",
    ],
)
def test_routes_that_the_page_does_not_use_do_not_exist(client, path):
    assert client.get(path).status_code == 404


def test_a_post_from_another_site_is_refused(client):
    body = {"data": [], "fn_index": 0, "session_hash": "x"}
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert client.post("/gradio_api/queue/join", json=body, headers=headers).status_code == 403, headers
    own = client.post("/gradio_api/queue/join", json=body, headers={"Origin": "http://127.0.0.1:7860"})
    assert own.status_code != 403


def test_other_methods_and_big_or_endless_requests_are_refused(client):
    assert client.put("/gradio_api/queue/join").status_code == 405
    assert client.delete("/bron/regeling").status_code == 405
    assert client.post("/api/ask", content=b"x" * (MAX_POST + 1)).status_code == 413
    assert client.post("/gradio_api/queue/join", content=b"x" * (MAX_TALK + 1)).status_code == 413
    assert client.post("/gradio_api/queue/join", content=iter([b"x"])).status_code == 411


def test_a_source_highlights_exactly_the_span_cited(assistant, client):
    citation = citation_of(assistant, "drie cursusdagen")
    page = client.get(source_address(citation))
    assert page.status_code == 200
    marked = "".join(re.findall(r"<mark>(.*?)</mark>", page.text, re.DOTALL))
    assert marked == citation.quote == "De stichting vergoedt per kalenderjaar ten hoogste drie cursusdagen."
    assert "Stichting Proef" in page.text
    assert "vastgesteld" in page.text


def test_a_highlight_crosses_bold_text_and_list_items_without_breaking_them():
    start = RULES.index("De aanvraag")
    end = RULES.index("van ten minste")
    html = highlighted(RULES, start, end)
    assert "<strong><mark>vooraf</mark></strong>" in html
    marked = "".join(re.findall(r"<mark>(.*?)</mark>", html, re.DOTALL))
    assert marked.startswith("De aanvraag wordt vooraf ingediend")
    assert marked.endswith("heeft een aanstelling")


def test_a_source_that_has_changed_or_gone_says_so(assistant, client):
    citation = citation_of(assistant, "drie cursusdagen")
    changed = client.get(source_address(citation).replace(citation.version[:16], "0" * 16))
    assert changed.status_code == 409
    assert "veranderd" in changed.text
    assert client.get("/bron/bestaat-niet").status_code == 404
    assert client.get("/bron/regeling?van=5&tot=999999").status_code == 404
    assert client.get("/bron/regeling?van=abc&tot=2").status_code == 200


def test_hostile_documents_stay_text_on_their_page(client, assistant):
    document = next(d for d in assistant.snapshot.documents.values() if "kwaad" in d.file)
    page = client.get(f"/bron/{document.id}", params={"deel": "1"})
    assert page.status_code == 200
    assert_inert(page.text, allowed=())
    assert "alert(5)" in page.text, "the words themselves are shown"
    whole = client.get(f"/bron/{document.id}")
    assert_inert(re.search(r"<main.*</main>", whole.text, re.DOTALL).group(), allowed=())
    assert "<script>alert" not in whole.text


def test_hostile_questions_and_documents_stay_text_in_the_conversation(assistant, chat, monkeypatch):
    question = 'Hoe laat opent de badmeester het zwembad? <script>alert(8)</script><img src=x onerror="alert(9)">'
    html, turns = ask(chat, question)
    assert_inert(html)
    assert "&lt;script&gt;alert(8)" in html
    html, turns = ask(chat, "'\"><svg onload=alert(1)> ${alert(2)} {{constructor}}", turns)
    assert_inert(html)
    for words in ("zeven uur", "de huisregels", "Inloggen"):
        monkeypatch.setattr(assistant, "stream", quoting(assistant, words))
        html, _ = ask(chat, "Hoe laat opent de badmeester het zwembad?", turns)
        assert words in html
        assert_inert(html)
        assert "&lt;script&gt;alert(&quot;titel" in html, "the hostile title is shown as it is written"


def test_only_web_and_mail_addresses_become_links():
    for address in (
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil",
        " javascript:x",
    ):
        assert link_address(address) is None, address
    assert link_address("https://example.org/a") == "https://example.org/a"
    assert link_address("a@example.org") == "mailto:a@example.org"
    html = to_html(
        '[klik](javascript:alert(1)) [goed](https://example.org "<script>") ![beeld](https://example.org/x.png)'
    )
    assert_inert(html)
    assert 'href="https://example.org"' in html


def test_plain_words_keep_their_signs():
    assert plain("**Minder** dan 3 & meer dan `1 < 2`\n\n- een\n- twee") == "Minder dan 3 & meer dan 1 < 2\neen\ntwee"


def test_a_failure_differs_from_a_refusal_and_says_what_to_do(assistant, chat, monkeypatch):
    too_long, _ = ask(chat, "woord " * 10_000)
    assert 'class="told failed"' in too_long
    assert len(too_long) < 20_000, "a long question is not sent back whole"

    monkeypatch.setattr(assistant, "stream", quoting(assistant, None))
    refused, _ = ask(chat, "Wat kost een abonnement op de schaatsbaan in Parijs?")
    assert 'class="told refused"' in refused

    def broken(*_, **__):
        raise RuntimeError("geheim pad /srv/geheim")

    monkeypatch.setattr(assistant, "stream", broken)
    failed, turns = ask(chat, "Hoeveel cursusdagen?")
    assert 'class="told failed"' in failed
    assert 'role="alert"' in failed
    assert "Probeer het opnieuw" in failed
    assert "geheim" not in failed
    assert turns[0].answer is None


def test_a_conversation_holds_no_more_than_its_last_turns(chat):
    turns = ()
    for _ in range(TURNS + 2):
        _, turns = ask(chat, "Hoeveel cursusdagen vergoedt de stichting?", turns)
    assert len(turns) == TURNS
    assert turns[-1].number == TURNS + 2


def restored(chat, *kept):
    event = gr.EventData(None, {"turns": list(kept), "language": "nl"})
    return chat.restore(event)[1::2]


def test_a_reopened_answer_keeps_its_words_and_says_which_source_changed(tmp_path):
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    (corpus / "regeling.md").write_text(RULES, encoding="utf-8")
    build_index(corpus, index, load_encoder("bundled"))
    opened = Assistant.open(corpus=corpus, index=index)
    chat = Chat(opened, Desk(opened), Runs())
    question = "Hoeveel cursusdagen vergoedt de stichting per kalenderjaar?"
    html, turns = ask(chat, question)
    assert "drie cursusdagen" in html
    again, reopened = restored(chat, turns[0].kept)
    assert "Sindsdien" not in again
    assert reopened[0].kept == turns[0].kept, "what the browser keeps does not change by looking at it"

    (corpus / "regeling.md").write_text(RULES.replace("drie cursusdagen", "vier cursusdagen"), encoding="utf-8")
    build_index(corpus, index, load_encoder("bundled"))
    # Another process, as after a restart, with the secret of the index folder.
    opened = Assistant.open(corpus=corpus, index=index)
    chat = Chat(opened, Desk(opened), Runs())
    html, _ = restored(chat, turns[0].kept)
    assert "ten hoogste drie cursusdagen" in html
    assert "Sindsdien is veranderd: Regeling bijscholing" in html
    assert "Vraag opnieuw" in html
    html, _ = ask(chat, question, at=1)
    assert "vier cursusdagen" in html


def test_a_kept_answer_is_read_only_with_our_seal_and_for_its_own_question(chat):
    question = "Hoeveel cursusdagen vergoedt de stichting per kalenderjaar?"
    _, turns = ask(chat, question)
    kept = turns[0].kept
    for forged in (
        {**kept, "given": kept["given"].replace("drie", "negen")},
        {**kept, "seal": "0" * 64},
        {**kept, "seal": "é"},
        {**kept, "seal": "\ud800"},
        {**kept, "given": "{}"},
        {**kept, "given": "\ud800"},
        {**kept, "question": "Wat is het toilet?"},
        {**kept, "given": 5, "seal": None},
    ):
        html, reopened = restored(chat, forged)
        assert "negen" not in html
        assert reopened[0].reopened == "", "it was asked anew"
        assert_inert(html)


def test_a_progress_that_nobody_asked_for_does_not_exist(client):
    for path in ("/gesprek/x/stop", "/gesprek/" + "G" * 32 + "/stop"):
        assert client.post(path).status_code == 404
    assert client.post("/gesprek/" + "a" * 32 + "/stop", headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post("/gesprek/" + "a" * 32 + "/stop").status_code == 204


def test_progress_of_an_unknown_question_is_refused_soon(client, monkeypatch):
    monkeypatch.setattr("assistant.web.stream.UNKNOWN", 0.2)
    answer = client.get("/gesprek/" + "b" * 32 + "/voortgang")
    assert answer.status_code == 404 and "geen vraag met dit kenmerk" in answer.json()["detail"]


def test_a_question_may_be_in_line_while_others_are_answered():
    runs = Runs(waiting=2)
    early = runs.of("1" * 32)
    assert early is not None and not runs.may_wait(early)
    first = runs.begin("2" * 32)
    assert runs.may_wait(early) and first.begun
    assert runs.begin("1" * 32) is early and early.begun
    runs.end("1" * 32, early)
    assert early.over and runs.may_wait(Run(after=2))
    others = [runs.begin(None) for _ in range(3)]
    assert not runs.may_wait(Run(after=2)), "more have begun since than fit in the line"
    for run in (first, *others):
        runs.end(None, run)
    assert not runs.may_wait(Run(after=5)), "nobody is being answered, so nobody waits"


def test_runs_are_forgotten_when_there_are_too_many():
    runs = Runs()
    first = runs.of("0" * 32)
    assert runs.of("0" * 32) is first
    for number in range(1, MOST + 1):
        runs.of(f"{number:032x}")
    assert runs.of("0" * 32) is not first
    assert runs.of("kort") is None


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "Uw vraag verlaat deze server niet."),
        (
            {"llm_base_url": "https://llm.example.org:8443/v1", "llm_model": "m"},
            "Vraag en gevonden citaten gaan naar het taalmodel op llm.example.org. Verder gaat er niets naar buiten.",
        ),
        (
            {"llm_base_url": "https://llm.example.org/v1", "llm_model": "m", "mode": "quote"},
            "Uw vraag verlaat deze server",
        ),
        ({"chroma_url": "http://10.0.0.5:8000"}, "De zoekopdracht gaat, als getallen, naar 10.0.0.5."),
    ],
)
def test_what_is_sent_where_is_said(settings, told):
    assert told in privacy_line(Settings(**settings), "nl")


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        "x",
        {"question": None},
        {"question": "half \ud800 paar?"},
        {"question": ["x"], "role": {}, "language": 5},
    ],
)
def test_nonsense_from_the_browser_gives_a_turn_and_no_crash(chat, sent):
    html, turns = chat.ask(gr.EventData(None, sent), ())
    assert len(turns) == 1
    assert_inert(html)


def test_the_page_speaks_english_when_asked(assistant, chat, monkeypatch):
    monkeypatch.setattr(assistant, "stream", quoting(assistant, None))
    html, _ = ask(chat, "Wat kost een abonnement op de schaatsbaan in Parijs?", language="en-GB")
    assert "Not found in the documents" in html


def test_a_public_tunnel_is_refused(assistant, monkeypatch):
    monkeypatch.setenv("GRADIO_SHARE", "true")
    with pytest.raises(FailedError, match="GRADIO_SHARE"):
        create_app(assistant)


def test_a_port_in_use_is_named(assistant):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(FailedError, match=f"{port}.*in gebruik"):
            serve(assistant, "127.0.0.1", port)
