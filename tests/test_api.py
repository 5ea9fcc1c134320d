"""The HTTP interface over a running server: our own routes, and the openai client using the assistant as a model."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from contextlib import contextmanager

import httpx
import openai
import pytest
import uvicorn
from support import CORPUS

from assistant.api import create_api
from assistant.assistant import Assistant
from assistant.settings import Settings
from assistant.web.app import create_app
from evals.llm.server import llm_server, says

QUESTION = "Wat zijn de taken van de COC voor het opleidingsklimaat?"
OUTSIDE = "Wat is de hoofdstad van Mongolië?"


@contextmanager
def served(app):
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(5)
        listening.close()


@pytest.fixture(scope="module")
def url(real_assistant):
    with served(create_api(real_assistant)) as address:
        yield address


@pytest.fixture(scope="module")
def client(url):
    return openai.OpenAI(base_url=f"{url}/v1", api_key="geen", max_retries=0)


def test_ask_gives_the_answer_json_with_exact_quotes(url, real_assistant):
    answer = httpx.post(f"{url}/api/ask", json={"question": QUESTION, "onbekend": 1}).json()
    assert answer["status"] == "answered" and answer["mode"] == "quote"
    for citation in answer["citations"]:
        text = httpx.get(f"{url}/api/documents/{citation['document']}").json()["text"]
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert {
        "id",
        "question",
        "status",
        "text",
        "statements",
        "citations",
        "nearest",
        "understood",
        "mode",
        "seconds",
    } <= set(answer)


def test_search_and_documents(url):
    found = httpx.post(f"{url}/api/search", json={"question": "vangnet voor aios", "k": 3}).json()
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3] and "vangnet" in found["hits"][0]["text"]
    assert "kwaliteitskader-cluster-2" in {d["id"] for d in httpx.get(f"{url}/api/documents").json()}


def test_pathways(url):
    names = {p["id"] for p in httpx.get(f"{url}/api/pathways").json()}
    route = httpx.get(f"{url}/api/pathways/led").json()
    assert "led" in names and route["steps"] and route["questions"]
    proofs = [c["citations"] for step in route["steps"] for c in (*step["purpose"], *step["conditions"])]
    assert proofs and all([c["n"] for c in cited] == list(range(1, len(cited) + 1)) for cited in proofs)
    first = route["questions"][0]
    option = next(iter(first["options"]))
    assert httpx.get(f"{url}/api/pathways/led", params={first["id"]: option}).status_code == 200
    assert httpx.get(f"{url}/api/pathways/led", params={"kleur": "rood"}).status_code == 400


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/ask", {"question": "  "}, 400),
        ("/api/ask", {"question": "x " * 5000}, 400),
        ("/api/ask", {"question": "Hoe?", "actor": "paus"}, 400),
        ("/api/ask", {"question": QUESTION, "mode": "llm"}, 400),
        ("/api/ask", {"vraag": "x"}, 422),
        ("/api/search", {"question": "x", "k": 5000}, 422),
        ("/v1/chat/completions", {"model": "gpt-4", "messages": [{"role": "user", "content": "x"}]}, 404),
        ("/v1/chat/completions", {"model": "opleidingsassistent", "messages": []}, 400),
    ],
)
def test_wrong_requests_are_refused_with_json(url, path, body, status):
    reply = httpx.post(url + path, json=body)
    assert reply.status_code == status and reply.headers["content-type"] == "application/json"
    assert reply.json()["error"]["message"] and reply.json()["error"]["type"] == "invalid_request_error"


def test_an_unknown_document_is_not_found(url):
    assert httpx.get(f"{url}/api/documents/../../etc/passwd").status_code == 404
    assert httpx.get(f"{url}/api/documents/nergens").json()["error"]["message"]


def test_health_and_description_need_no_network(url):
    assert httpx.get(f"{url}/healthz").json() == {"status": "ok"}
    assert httpx.get(f"{url}/readyz").json()["documents"] == 5
    schema = httpx.get(f"{url}/api/openapi.json").json()
    assert {"/api/ask", "/api/search", "/v1/chat/completions", "/healthz"} <= set(schema["paths"])
    page = httpx.get(f"{url}/api/docs").text
    assert "POST /api/ask" in page and not re.search(r"(?:src|href)=.https?:", page) and "<script" not in page


def test_not_ready_without_an_index(real_assistant, tmp_path):
    broken = Assistant(Settings(corpus=CORPUS, index=tmp_path), real_assistant.encoder)
    with served(create_api(broken)) as url:
        assert httpx.get(f"{url}/healthz").status_code == 200
        reply = httpx.get(f"{url}/readyz")
        assert reply.status_code == 503 and "assistant index" in reply.json()["error"]["message"]


def test_the_openai_client_lists_and_asks(client):
    assert [m.id for m in client.models.list()] == ["opleidingsassistent", "opleidingsassistent-citaat"]
    reply = client.chat.completions.create(
        model="opleidingsassistent",
        messages=[
            {"role": "system", "content": "Wees een piraat."},
            {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
        ],
        temperature=1.0,
    )
    text = reply.choices[0].message.content
    assert "vangnet" in text and "**Bronnen**" in text and "[1]" in text and reply.choices[0].finish_reason == "stop"
    assert reply.model_extra["citations"][0]["quote"]


def test_the_openai_client_streams_the_same_text(client):
    whole = client.chat.completions.create(
        model="opleidingsassistent", messages=[{"role": "user", "content": QUESTION}]
    )
    chunks = list(
        client.chat.completions.create(
            model="opleidingsassistent",
            messages=[{"role": "user", "content": QUESTION}],
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == whole.choices[0].message.content
    assert chunks[-1].usage is not None and [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"


def test_a_follow_up_uses_the_earlier_questions(client):
    messages = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": "…"},
        {"role": "user", "content": "en de voorbeelden daarvan?"},
    ]
    reply = client.chat.completions.create(model="opleidingsassistent", messages=messages)
    assert "casuïstiek" in reply.choices[0].message.content


def test_a_refusal_is_said_as_one(client):
    reply = client.chat.completions.create(model="opleidingsassistent", messages=[{"role": "user", "content": OUTSIDE}])
    assert "niet in de documenten" in reply.choices[0].message.content and reply.model_extra["citations"] == []


def test_an_unknown_model_is_the_clients_not_found(client):
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="gpt-4", messages=[{"role": "user", "content": "x"}])


@pytest.fixture
def with_model(real_index):
    with llm_server() as model:
        settings = Settings(corpus=CORPUS, index=real_index, llm_base_url=model.url, llm_model="klein", llm_seconds=6)
        assistant = Assistant.open(settings)
        quoted = assistant.ask(QUESTION, mode="quote")
        n = next(c.n for c in quoted.citations if "gunstig en veilig" in c.quote)
        with served(create_api(assistant)) as url:
            yield model, openai.OpenAI(base_url=f"{url}/v1", api_key="geen", max_retries=0), n


def test_sentences_of_a_model_stream_through(with_model):
    model, client, n = with_model
    model.script = says(f"De COC bevordert een veilig opleidingsklimaat [{n}]. En ze krijgt geld [{n}].")
    stream = client.chat.completions.create(
        model="opleidingsassistent", messages=[{"role": "user", "content": QUESTION}], stream=True
    )
    text = "".join(c.choices[0].delta.content or "" for c in stream)
    assert text.startswith("De COC bevordert een veilig opleidingsklimaat [1].") or text.startswith(
        "De COC bevordert een veilig opleidingsklimaat. [1]"
    )
    assert "geld" not in text and "opleidingsassistent-eenvoudig" in {m.id for m in client.models.list()}


def test_a_stream_that_breaks_off_goes_on_with_the_quotes(with_model):
    model, client, n = with_model

    def cut(exchange):
        exchange.start()
        exchange.chunk({"content": f"De COC bevordert een veilig opleidingsklimaat [{n}]. De COC"})

    model.script = cut
    stream = client.chat.completions.create(
        model="opleidingsassistent", messages=[{"role": "user", "content": QUESTION}], stream=True
    )
    text = "".join(c.choices[0].delta.content or "" for c in stream)
    said, _, quotes = text.partition("\n\n---\n\n")
    assert "[1]" in said and "vangnet" in quotes and "[1]" not in quotes and "brak af" in quotes
    marks, listed = set(re.findall(r"\[(\d+)\]", quotes)), set(re.findall(r"(?m)^- \[(\d+)\]", quotes))
    assert marks == listed


def test_when_the_client_leaves_the_request_to_the_model_ends(with_model):
    model, client, n = with_model

    def slow(exchange):
        exchange.start()
        exchange.chunk({"content": f"De COC bevordert een veilig opleidingsklimaat [{n}]. De COC"})
        exchange.wait(30)

    model.script = slow
    stream = client.chat.completions.create(
        model="opleidingsassistent", messages=[{"role": "user", "content": QUESTION}], stream=True
    )
    assert "veilig" in next(iter(stream)).choices[0].delta.content
    stream.close()
    assert model.hung_up.wait(2)


def test_the_web_application_has_these_routes_behind_its_guard(real_assistant):
    with served(create_app(real_assistant)) as url:
        assert httpx.post(f"{url}/api/ask", json={"question": QUESTION}).json()["status"] == "answered"
        assert httpx.get(f"{url}/readyz").status_code == 200 and httpx.get(f"{url}/api/docs").status_code == 200
        evil = httpx.post(f"{url}/api/ask", json={"question": QUESTION}, headers={"Origin": "https://evil.example"})
        assert evil.status_code == 403
        big = json.dumps({"model": "opleidingsassistent", "messages": [{"role": "user", "content": "x" * 200_000}]})
        assert (
            httpx.post(
                f"{url}/v1/chat/completions", content=big, headers={"Content-Type": "application/json"}
            ).status_code
            == 400
        )
