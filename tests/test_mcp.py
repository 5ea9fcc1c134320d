"""The MCP server, asked by the SDK's own client: over stdio as a separate process, and over streamable HTTP."""

from __future__ import annotations

import sys
from contextlib import contextmanager

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters
from support import CORPUS
from test_api import served

from assistant.mcp import create_server

QUESTION = "Wat zijn de taken van de COC voor het opleidingsklimaat?"


def run(server, work):
    async def main():
        async with Client(server) as client:
            return await work(client)

    return anyio.run(main)


@contextmanager
def over_http(assistant):
    with served(create_server(assistant).streamable_http_app()) as url:
        yield f"{url}/mcp"


async def everything(client):
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    answer = (await client.call_tool("ask", {"question": QUESTION})).structured_content
    found = (await client.call_tool("search", {"question": "vangnet voor aios", "k": 2})).structured_content
    document = (await client.call_tool("get_document", {"id": answer["citations"][0]["document"]})).structured_content
    route = (await client.call_tool("pathway", {"id": "led"})).structured_content
    wrong = await client.call_tool("ask", {"question": " "})
    uris = [str(resource.uri) for resource in (await client.list_resources()).resources]
    text = (await client.read_resource(uris[0])).contents[0].text
    return tools, answer, found, document, route, wrong, uris, text


def check(tools, answer, found, document, route, wrong, uris, text):
    assert set(tools) == {"ask", "search", "get_document", "pathway"} and all(
        tool.description for tool in tools.values()
    )
    assert answer["status"] == "answered"
    first = answer["citations"][0]
    assert document["text"][first["start"] : first["end"]] == first["quote"]
    assert len(found["hits"]) == 2 and "vangnet" in found["hits"][0]["text"]
    assert route["kind"] == "route" and route["steps"]
    assert wrong.is_error and "leeg" in wrong.content[0].text
    assert len(uris) == 5 and all(uri.startswith("document://") for uri in uris) and text.startswith("---")


def test_over_streamable_http(real_assistant):
    with over_http(real_assistant) as url:
        check(*run(url, everything))


def test_over_stdio_as_a_process(real_index):
    arguments = ["-m", "assistant.cli", "mcp", "--corpus", str(CORPUS), "--index", str(real_index)]
    check(*run(StdioServerParameters(command=sys.executable, args=arguments), everything))


def test_what_does_not_exist_is_said(real_assistant):
    async def work(client):
        document = await client.call_tool("get_document", {"id": "../../etc/passwd"})
        route = await client.call_tool("pathway", {"id": "led", "choices": {"kleur": "rood"}})
        with pytest.raises(MCPError):
            await client.read_resource("document://nergens")
        return document, route

    document, route = run(create_server(real_assistant), work)
    assert document.is_error and "kwaliteitskader-cluster-2" in document.content[0].text
    assert route.is_error and "kleur" in route.content[0].text
