"""Other people's tools against a running assistant, as a transcript: python -m evals.clients.

Starts `assistant chat`, `assistant mcp` and `assistant mcp --http` as processes of their own, and asks them with the
MCP SDK, the `openai` client and LlamaIndex. Nothing leaves this machine.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import anyio
import httpx
import openai
from llama_index.core import get_response_synthesizer
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.llms.openai_like import OpenAILike
from mcp import Client, StdioServerParameters

from assistant import Assistant
from assistant.llamaindex import AssistantQueryEngine, AssistantRetriever

QUESTION = "Wat doet de COC voor aios met problemen?"
OUTSIDE = "Wat is de hoofdstad van Mongolië?"
MODEL = "opleidingsassistent"
PROGRAM = [sys.executable, "-m", "assistant.cli"]
WIDTH, PATIENCE = 230, 90


def main() -> None:
    """Print the transcript."""
    with running("chat") as (address, _):
        over_http(address)
        over_openai(f"{address}/v1")
        over_llamaindex(f"{address}/v1")
    heading("MCP SDK, stdio (assistant mcp)")
    anyio.run(over_mcp, StdioServerParameters(command=PROGRAM[0], args=[*PROGRAM[1:], "mcp"]))
    with running("mcp", "--http") as (address, _):
        heading("MCP SDK, streamable HTTP (assistant mcp --http)")
        anyio.run(over_mcp, f"{address}/mcp")


def over_http(address: str) -> None:
    """Plain HTTP: health, then a question."""
    heading("HTTP (assistant chat)")
    for path in ("/healthz", "/readyz"):
        show(f"GET {path}", httpx.get(address + path).text)
    answer = httpx.post(f"{address}/api/ask", json={"question": QUESTION}, timeout=30).json()
    show("POST /api/ask", f"{answer['status']}: {answer['text']}")
    first = answer["citations"][0]
    text = httpx.get(f"{address}/api/documents/{first['document']}").json()["text"]
    exact = text[first["start"] : first["end"]] == first["quote"]
    show(
        "GET /api/documents/…",
        f"{len(text)} characters; citation [1] is its text[{first['start']}:{first['end']}]: {exact}",
    )
    show("POST /api/ask {}", httpx.post(f"{address}/api/ask", json={}).text)


def over_openai(address: str) -> None:
    """The openai client, whole and as a stream."""
    heading("openai client")
    client = openai.OpenAI(base_url=address, api_key="none")
    show("models.list()", ", ".join(model.id for model in client.models.list()))
    for question in (QUESTION, OUTSIDE):
        reply = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": question}])
        show(f"chat: {question}", reply.choices[0].message.content or "", 900)
    began = time.perf_counter()
    stream = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": QUESTION}], stream=True)
    pieces = [chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices]
    show("chat, stream=True", f"{len(pieces)} chunks in {time.perf_counter() - began:.2f} s: {''.join(pieces)}")
    try:
        client.chat.completions.create(model="gpt-4", messages=[{"role": "user", "content": QUESTION}])
    except openai.NotFoundError as error:
        show("chat, model='gpt-4'", f"NotFoundError: {error}")


def over_llamaindex(address: str) -> None:
    """LlamaIndex: our retriever and engine over the index, and its own OpenAI client over the running server."""
    heading("LlamaIndex")
    assistant = Assistant.open()
    node = AssistantRetriever(assistant, k=3).retrieve(QUESTION)[0]
    show("AssistantRetriever(k=3).retrieve()[0]", f"{node.score:.2f} {node.text} {node.metadata}", 500)
    theirs = RetrieverQueryEngine(AssistantRetriever(assistant, k=2), get_response_synthesizer(llm=MockLLM()))
    show("RetrieverQueryEngine(retriever)", f"{len(theirs.query(QUESTION).source_nodes)} source nodes")
    response = AssistantQueryEngine(assistant).query(QUESTION)
    show("AssistantQueryEngine.query()", f"{response} | {len(response.source_nodes)} source nodes")
    llm = OpenAILike(model=MODEL, api_base=address, api_key="none", is_chat_model=True)
    show("OpenAILike(api_base=…/v1).complete()", str(llm.complete(QUESTION)))


async def over_mcp(server: StdioServerParameters | str) -> None:
    """The MCP SDK's own client: every tool, a resource, and a mistake."""
    async with Client(server) as client:
        show("list_tools()", ", ".join(tool.name for tool in (await client.list_tools()).tools))
        answer = (await client.call_tool("ask", {"question": QUESTION})).structured_content
        show("ask", f"{answer['status']}: {answer['text']}")
        found = (await client.call_tool("search", {"question": "vangnet", "k": 1})).structured_content["hits"][0]
        show("search k=1", f"{found['document']} › {' › '.join(found['section'][1:])}: {found['text']}")
        route = (await client.call_tool("pathway", {"id": "led"})).structured_content
        show("pathway led", f"{route['kind']}, {len(route['steps'])} steps: {route['steps'][0]}")
        uris = [str(resource.uri) for resource in (await client.list_resources()).resources]
        show("list_resources()", ", ".join(uris))
        show(f"read_resource({uris[0]})", (await client.read_resource(uris[0])).contents[0].text)
        wrong = await client.call_tool("get_document", {"id": "nergens"})
        show("get_document nergens", f"is_error={wrong.is_error}: {wrong.content[0].text}")


@contextmanager
def running(*command: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A process of the assistant that listens, and its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen([*PROGRAM, *command, "--port", str(port)], stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(port, process)
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.terminate()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until the process listens.

    Raises:
        RuntimeError: it ended, or did not listen in time; what it says stands on standard error.
    """
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"{process.args!r} does not listen")


def heading(text: str) -> None:
    """A part of the transcript."""
    print(f"\n## {text}")


def show(asked: str, got: str, width: int = WIDTH) -> None:
    """What was asked and, on one line and cut, what came back."""
    line = " ".join(got.split())
    print(f"> {asked}\n  {line[:width]}{' …' if len(line) > width else ''}")


if __name__ == "__main__":
    main()
