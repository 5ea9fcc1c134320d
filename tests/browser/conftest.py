"""The real server in its own process over a small index, and a Chromium that may talk to it alone."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from evals.llm.server import llm_server

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
HOSTILE = """---
title: 'Reglement <img src=x onerror="window.aangevallen=1">'
publisher: '<script>window.aangevallen=2</script>'
---
# Zwembadreglement

De badmeester opent het zwembad om zeven uur. <script>window.aangevallen=3</script>

De kluissleutel ligt bij [de balie](javascript:window.aangevallen=4) en <img src=x onerror="window.aangevallen=5">.
"""


def pytest_collection_modifyitems(items):
    """Say why the browser tests do not run where they cannot."""
    if not any(shutil.which(name) for name in BROWSERS):
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="no Chromium found; on Debian: sudo apt install chromium"))


@pytest.fixture(scope="session")
def server_folder(tmp_path_factory):
    """The folder that the server works in: its index, and what readers think of its answers."""
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="session")
def corpus_folder(tmp_path_factory):
    """The real documents with their question banks, the pathways and a hostile document."""
    corpus = tmp_path_factory.mktemp("corpus")
    for path in (*ROOT.joinpath("corpus").glob("*.md"), ROOT / "corpus/vocabulary.yaml"):
        if path.name != "README.md":
            shutil.copy(path, corpus / path.name)
    shutil.copytree(ROOT / "corpus/questions", corpus / "questions")
    if ROOT.joinpath("corpus/pathways").is_dir():
        shutil.copytree(ROOT / "corpus/pathways", corpus / "pathways")
    (corpus / "kwaad <img src=x onerror=alert(1)>.md").write_text(HOSTILE, encoding="utf-8")
    return corpus


@pytest.fixture(scope="session")
def server(corpus_folder, server_folder):
    """The address of a running `assistant chat` that quotes."""
    with _serving(corpus_folder, server_folder, ASSISTANT_MODE="quote") as address:
        yield address


@pytest.fixture(scope="session")
def model():
    """A language model whose script a test sets."""
    with llm_server() as model:
        yield model


@pytest.fixture(scope="session")
def writing_server(server, corpus_folder, server_folder, model):
    """The address of an `assistant chat` over the same index that writes with the model."""
    settings = {"ASSISTANT_LLM_BASE_URL": model.url, "ASSISTANT_LLM_MODEL": "klein", "ASSISTANT_LLM_SECONDS": "60"}
    with _serving(corpus_folder, server_folder, **settings) as address:
        yield address


@contextmanager
def _serving(corpus, work, **settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "assistant.cli", "chat", "--port", str(port)]
    command += ["--corpus", str(corpus), "--index", str(work / "index")]
    log_file = work / f"log-{port}"
    with log_file.open("w") as log:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
        process = subprocess.Popen(command, cwd=work, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}/"
            _wait_for(address, process, log_file)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for(address, process, log, seconds=120):
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"the server did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def chromium():
    """The browser, once for all tests."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, BROWSERS)))
    # Without these switches Chromium itself looks for updates and lists in the background.
    switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=switches)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, server):
    """Opens the chat in a fresh browser; afterwards nothing may have left the server's origin, and no script failed."""
    with _opener(chromium, server) as opened:
        yield opened


@pytest.fixture
def open_writing(chromium, writing_server):
    """Opens the chat that writes with a language model, in the same way."""
    with _opener(chromium, writing_server) as opened:
        yield opened


@contextmanager
def _opener(chromium, server):
    contexts, trouble = [], []

    def watch(page):
        page.on("pageerror", lambda error: trouble.append(f"script error: {error}"))
        page.on("dialog", lambda dialog: (trouble.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: _check(request.url))

    def _check(url):
        if not url.startswith((server, "data:", "blob:" + server)):
            trouble.append(f"request to {url}")

    def opened(path="", width=1280, height=900, **context):
        context = chromium.new_context(**{"locale": "nl-NL", "viewport": {"width": width, "height": height}, **context})
        contexts.append(context)
        context.set_default_timeout(20_000)
        context.on("page", watch)
        page = context.new_page()
        page.goto(server + path)
        page.wait_for_selector("#vraag")
        return page

    opened.expected_trouble = lambda: trouble.clear()
    try:
        yield opened
    finally:
        for context in contexts:
            context.close()
    assert not trouble


@pytest.fixture
def page(open_page):
    """The chat on a desktop, in Dutch."""
    return open_page()


@pytest.fixture
def phone(open_page):
    """The chat on a phone."""
    return open_page(width=390, height=844, has_touch=True, is_mobile=True)
