"""The assistant for LlamaIndex programs: a retriever over our passages, and a query engine that gives our answers.

from assistant import Assistant
from assistant.llamaindex import AssistantQueryEngine, AssistantRetriever
engine = AssistantQueryEngine(Assistant.open())
print(engine.query("Wat zijn de taken van de COC voor het opleidingsklimaat?"))
"""

from __future__ import annotations

from typing import Any

import anyio.to_thread
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from assistant.assistant import Assistant
from assistant.present import answer_json
from assistant.types import Citation, Document


class AssistantRetriever(BaseRetriever):
    """Gives the passages nearest to a query as nodes.

    A node's text is the verbatim quote; its metadata has document, title, section, start, end, file, version and url,
    so that `text of document[start:end] == node.text`. Its id is the passage's: the same corpus gives the same ids.
    The score orders the nodes of one query; it is no cosine and may exceed 1.
    """

    def __init__(self, assistant: Assistant, k: int = 10, actor: str | None = None) -> None:
        """Retrieve `k` passages a query, for an actor where one is given."""
        self._assistant, self._k, self._actor = assistant, k, actor
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        documents = self._assistant.snapshot.documents
        nodes = []
        for hit in self._assistant.search(query_bundle.query_str, k=self._k, actor=self._actor):
            passage = hit.passage
            metadata = _metadata(documents[passage.document], passage.section, passage.quote_start, passage.quote_end)
            nodes.append(NodeWithScore(node=_node(passage.id, passage.quote, metadata), score=hit.score))
        return nodes

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await anyio.to_thread.run_sync(self._retrieve, query_bundle)


class AssistantQueryEngine(BaseQueryEngine):
    """Answers queries as the assistant does; the cited spans are the source nodes, the answer JSON is the metadata."""

    def __init__(self, assistant: Assistant, actor: str | None = None, mode: str | None = None) -> None:
        """Answer for an actor where one is given, in mode `quote`, `llm` or what the settings say."""
        self._assistant, self._actor, self._mode = assistant, actor, mode
        super().__init__(callback_manager=None)

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        answer = self._assistant.ask(query_bundle.query_str, actor=self._actor, mode=self._mode)
        documents = self._assistant.snapshot.documents
        nodes = [NodeWithScore(node=_cited(c, documents[c.document]), score=1.0) for c in answer.citations]
        return Response(response=answer.text, source_nodes=nodes, metadata=answer_json(answer))

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return await anyio.to_thread.run_sync(self._query, query_bundle)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}


def _cited(citation: Citation, document: Document) -> TextNode:
    metadata = _metadata(document, citation.section, citation.start, citation.end)
    return _node(f"{document.id}:{citation.start}-{citation.end}", citation.quote, {**metadata, "n": citation.n})


def _node(id: str, text: str, metadata: dict[str, Any]) -> TextNode:
    # Places and hashes are for programs; a model that reads the node needs title and section.
    hidden = [name for name in metadata if name not in {"title", "section"}]
    return TextNode(
        id_=id,
        text=text,
        metadata=metadata,
        excluded_llm_metadata_keys=hidden,
        excluded_embed_metadata_keys=list(metadata),
    )


def _metadata(document: Document, section: tuple[str, ...], start: int, end: int) -> dict[str, Any]:
    return {
        "document": document.id,
        "title": document.title,
        "section": " › ".join(section),
        "start": start,
        "end": end,
        "file": document.file,
        "version": document.sha256,
        "url": document.url,
        "page": document.page_at(start),
    }
