"""The wire to a language model: what it gives, how each failure ends, in what time, and what never shows."""

import json
import logging
import threading
import time

import pytest

from assistant.errors import ModelError, UsageError
from assistant.failures import OPEN_SECONDS, Breaker
from assistant.model import Done, load_model
from assistant.settings import Settings
from evals.llm.server import llm_server, says

KEY = "sk-kanarie-7f3a91"
MESSAGES = {"system": "regels", "user": "vraag"}


@pytest.fixture
def server():
    with llm_server() as state:
        yield state


def model_at(url: str, seconds: float = 30.0):
    return load_model(Settings(llm_base_url=url, llm_model="klein", llm_api_key=KEY, llm_seconds=seconds))


def read(model, **options):
    items = list(model.stream(MESSAGES, **options))
    return "".join(item for item in items if isinstance(item, str)), items[-1]


def test_no_model_without_settings_and_no_secret_in_repr():
    assert load_model(Settings()) is None
    assert load_model(Settings(llm_base_url="http://x/v1")) is None
    assert KEY not in repr(model_at("http://x/v1")) + repr(Settings(llm_api_key=KEY))


@pytest.mark.parametrize("address", ["ftp://x/v1", "x", "http://naam:geheim@x/v1", "http://x/v1?key=1"])
def test_a_wrong_address_is_refused(address):
    with pytest.raises(UsageError, match="llm_base_url"):
        model_at(address)


def test_a_reply_comes_in_pieces_with_its_tokens(server):
    server.script = says("Vijf jaar [1].")
    text, done = read(model_at(server.url))
    assert text == "Vijf jaar [1]." and done == Done("stop", 321, 45)
    sent = server.requests[0]
    assert sent["messages"] == [{"role": "system", "content": "regels"}, {"role": "user", "content": "vraag"}]
    assert "tools" not in sent and sent["model"] == "klein" and sent["temperature"] == 0.0


def test_only_the_needed_headers_are_sent(server, monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-geheim")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-andere")
    server.script = says("Ja.")
    read(load_model(Settings(llm_base_url=server.url, llm_model="klein")))
    sent = json.dumps(server.headers[0])
    assert "org-geheim" not in sent and "sk-andere" not in sent and "stainless" not in sent


def down(exchange):
    raise AssertionError("not reached")


def html(exchange):
    exchange.status(200, "<html>log in</html>", "text/html")


def half(exchange):
    exchange.start()
    exchange.chunk({"content": "Vijf ja"})


def no_json(exchange):
    exchange.start()
    exchange.raw("data: {kapot\n\n")


def no_choices(exchange):
    exchange.status(200, "{}")


def null(exchange):
    exchange.start()
    exchange.chunk({"content": None})
    exchange.end()


def error_event(exchange):
    exchange.start()
    exchange.raw('data: {"error": {"message": "out of memory", "code": 500}}\n\n')


def silent(exchange):
    exchange.wait(20)


def stalls(exchange):
    exchange.start()
    exchange.chunk({"content": "Vijf"})
    exchange.wait(20)


def drips(exchange):
    says("x" * 400, 1, 0.15)(exchange)


def babbles(exchange):
    says("la " * 9000, 3000)(exchange)


def status(code):
    def script(exchange):
        exchange.status(
            code,
            json.dumps({"error": {"message": f"sleutel {exchange.handler.headers['Authorization']}"}}),
            Retry_After="60",
        )

    return script


FAILURES = [
    ("key", status(401), 1.0),
    ("key", status(403), 1.0),
    ("not_found", status(404), 1.0),
    ("busy", status(429), 1.0),
    ("request", status(400), 1.0),
    ("request", status(302), 1.0),
    ("server", status(500), 1.0),
    ("server", status(503), 1.0),
    ("server", error_event, 1.0),
    ("first_token", silent, 2.0),
    ("stalled", stalls, 2.0),
    ("budget", drips, 3.0),
    ("cut", half, 1.0),
    ("garbage", no_json, 1.0),
    ("garbage", babbles, 2.0),
    ("empty", null, 1.0),
]


@pytest.mark.parametrize(
    ("reason", "script", "within"), FAILURES, ids=[f"{r}-{s.__name__}-{i}" for i, (r, s, _) in enumerate(FAILURES)]
)
def test_each_failure_is_named_in_time_without_the_key(server, caplog, reason, script, within):
    load_imports(server)
    server.script = script
    started = time.perf_counter()
    with caplog.at_level(logging.DEBUG), pytest.raises(ModelError) as caught:
        read(model_at(server.url, 2.0))
    assert caught.value.reason == reason
    assert time.perf_counter() - started < within
    assert KEY not in str(caught.value) + repr(caught.value) + repr(caught.value.__dict__) + caplog.text
    assert len(server.requests) == 2  # one to load the imports, one: no retries


@pytest.mark.parametrize("script", [html, no_choices])
def test_a_reply_that_is_no_stream_is_a_failure(server, script):
    server.script = script
    with pytest.raises(ModelError) as caught:
        read(model_at(server.url))
    assert caught.value.reason in {"garbage", "cut", "empty"}


def test_nobody_listens(server):
    load_imports(server)
    with pytest.raises(ModelError) as caught:
        read(model_at("http://127.0.0.1:9/v1", 2.0))
    assert caught.value.reason == "unreachable"


def test_stop_ends_the_request_at_once(server):
    load_imports(server)
    server.script = stalls
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    started = time.perf_counter()
    with pytest.raises(ModelError) as caught:
        read(model_at(server.url), stop=stop)
    assert caught.value.reason == "stopped" and time.perf_counter() - started < 1.5
    assert server.hung_up.wait(1)


def test_what_is_stopped_before_it_began_is_not_sent(server):
    stop = threading.Event()
    stop.set()
    with pytest.raises(ModelError) as caught:
        read(model_at(server.url), stop=stop)
    assert caught.value.reason == "stopped"
    assert server.requests == []


def test_stop_does_not_wait_for_the_client_library(server, monkeypatch):
    ready = threading.Event()
    monkeypatch.setattr("assistant.model._Call._replies", lambda self: ready.wait(5) and iter(()))
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    started = time.perf_counter()
    with pytest.raises(ModelError):
        read(model_at(server.url), stop=stop)
    assert time.perf_counter() - started < 2
    ready.set()


def test_closing_the_stream_ends_the_request(server):
    load_imports(server)
    server.script = stalls
    stream = model_at(server.url).stream(MESSAGES)
    assert next(stream) == "Vijf"
    stream.close()
    assert server.hung_up.wait(1)


def test_after_three_failures_the_endpoint_is_left_alone_for_a_while(server):
    server.script = status(500)
    model = model_at(server.url)
    now = [0.0]
    object.__setattr__(model, "breaker", Breaker(clock=lambda: now[0]))
    for _ in range(3):
        with pytest.raises(ModelError):
            read(model)
    with pytest.raises(ModelError) as caught:
        read(model)
    assert caught.value.reason == "open" and len(server.requests) == 3
    now[0] = OPEN_SECONDS + 1
    server.script = says("Weer [1].")
    assert read(model)[0] == "Weer [1]."
    assert read(model)[0] == "Weer [1]."


def load_imports(server):
    """The first call of a process loads the client library; timings start after that."""
    server.script = says("x")
    read(model_at(server.url))
