"""A real server as a peer: `transformers serve` with a tiny random model proves the wire, not just our idea of it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import CORPUS

from assistant.assistant import Assistant
from assistant.doctor import examine
from assistant.embed import BUNDLED
from assistant.model import Done, load_model
from assistant.settings import Settings

QUESTION = "Wat zijn de taken van de COC voor het opleidingsklimaat?"
SERVE = Path(sys.executable).with_name("transformers")
pytestmark = pytest.mark.skipif(
    not SERVE.is_file() or importlib.util.find_spec("uvicorn") is None, reason="transformers serve is not installed"
)


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of the server and the name of its model, which says nothing sensible."""
    folder = tmp_path_factory.mktemp("model")
    make_model(folder)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": ""}
    log = (folder / "log").open("w", encoding="utf-8")
    command = [SERVE, "serve", folder, "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    with log, subprocess.Popen(command, env=os.environ | offline, stdout=log, stderr=log) as server:
        try:
            wait_for(f"http://127.0.0.1:{port}/health", server, folder / "log")
            yield f"http://127.0.0.1:{port}/v1", str(folder)
        finally:
            server.terminate()


def make_model(folder: Path) -> None:
    """Write a Llama of two tiny layers with random weights, and the tokenizer of the bundled encoder."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    shutil.copy(BUNDLED / "tokenizer.json", folder / "tokenizer.json")
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"), pad_token="[PAD]", eos_token="[SEP]", bos_token="[CLS]"
    )
    tokenizer.chat_template = "{% for message in messages %}{{ message['content'] }}\n{% endfor %}"
    tokenizer.save_pretrained(folder)
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=4096, eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    # One token in forty ends the reply, so that it is short.
    model.generation_config.eos_token_id = [tokenizer.eos_token_id, *range(200, len(tokenizer), 40)]
    model.save_pretrained(folder)


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server answers; what it wrote is the reason when it does not."""
    for _ in range(600):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=2).read()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text(encoding="utf-8")[-2000:])


@pytest.fixture(scope="module")
def settings(endpoint: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    address, name = endpoint
    return Settings(
        corpus=CORPUS, index=tmp_path_factory.mktemp("index"), llm_base_url=address, llm_model=name, llm_seconds=60.0
    )


def test_a_reply_streams_and_ends(settings: Settings) -> None:
    model = load_model(settings)
    assert model is not None
    items = list(model.stream({"system": "Antwoord kort.", "user": QUESTION}))
    assert isinstance(items[-1], Done)
    assert any(isinstance(item, str) and item for item in items[:-1])


def test_nonsense_never_becomes_an_answer(settings: Settings, real_assistant: Assistant) -> None:
    quotes = real_assistant.ask(QUESTION)
    with_model = Assistant.open(
        Settings(
            corpus=real_assistant.settings.corpus, index=real_assistant.settings.index,
            llm_base_url=settings.llm_base_url, llm_model=settings.llm_model, llm_seconds=60.0,
        )
    )  # fmt: skip
    answer = with_model.ask(QUESTION)
    assert answer.status == "answered"
    assert [citation.quote for citation in answer.citations] == [citation.quote for citation in quotes.citations]
    assert {statement.text for statement in answer.statements} <= {statement.text for statement in quotes.statements}


def test_doctor_reaches_it(settings: Settings) -> None:
    found = next(finding for finding in examine(settings) if finding.what == "taalmodel")
    assert found.good, found.found
    assert settings.llm_base_url.split("/")[2] in found.found
