"""The assistant inside a plain LlamaIndex program: its retriever and engine work as theirs."""

from __future__ import annotations

import asyncio

import pytest
from llama_index.core import get_response_synthesizer
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.tools import QueryEngineTool

from assistant.errors import QuestionError
from assistant.llamaindex import AssistantQueryEngine, AssistantRetriever

QUESTION = "Wat zijn de taken van de COC voor het opleidingsklimaat?"


def exact(node, assistant):
    where = node.metadata
    return assistant.snapshot.documents[where["document"]].text[where["start"] : where["end"]] == node.get_content()


def test_the_retriever_gives_exact_quotes_with_their_place(real_assistant):
    nodes = AssistantRetriever(real_assistant, k=4).retrieve("vangnet voor aios met problemen")
    assert len(nodes) == 4 and "vangnet" in nodes[0].text and all(exact(n.node, real_assistant) for n in nodes)
    assert [n.score for n in nodes] == sorted((n.score for n in nodes), reverse=True)
    assert {"document", "title", "section", "start", "end", "file", "version", "url", "page"} == set(nodes[0].metadata)
    assert [n.node_id for n in nodes] == [
        n.node_id for n in AssistantRetriever(real_assistant, k=4).retrieve("vangnet voor aios met problemen")
    ]


def test_their_query_engine_over_our_retriever(real_assistant):
    engine = RetrieverQueryEngine(AssistantRetriever(real_assistant, k=3), get_response_synthesizer(llm=MockLLM()))
    response = engine.query("vangnet voor aios")
    assert len(response.source_nodes) == 3 and "vangnet" in str(response)


def test_our_query_engine_is_one_of_theirs(real_assistant):
    engine = AssistantQueryEngine(real_assistant)
    response = engine.query(QUESTION)
    assert "vangnet" in str(response) and response.metadata["status"] == "answered"
    assert response.source_nodes and all(exact(n.node, real_assistant) for n in response.source_nodes)
    tool = QueryEngineTool.from_defaults(engine, name="opleiding", description="vragen over opleidingsdocumenten")
    assert "vangnet" in str(tool.call(QUESTION))


def test_asynchronously(real_assistant):
    async def work():
        return await AssistantQueryEngine(real_assistant).aquery(QUESTION), await AssistantRetriever(
            real_assistant
        ).aretrieve(QUESTION)

    response, nodes = asyncio.run(work())
    assert response.source_nodes and len(nodes) == 10


def test_a_refusal_has_no_sources(real_assistant):
    response = AssistantQueryEngine(real_assistant).query("Wat is de hoofdstad van Mongolië?")
    assert response.source_nodes == [] and response.metadata["status"] == "not_found"


def test_our_errors_come_through(real_assistant):
    with pytest.raises(QuestionError):
        AssistantQueryEngine(real_assistant).query("  ")
