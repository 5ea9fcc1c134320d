"""The LlamaIndex starter with hybrid retrieval: sentence splitter, Chroma and BM25, fused by reciprocal rank."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from uuid import uuid4

from assistant.embed import Encoder
from evals.peers.base import Chunk, Peer, Ranked, chunks_of, documents_of, make_peer


def create(corpus: Path, encoder: Encoder) -> Peer:
    """Index a corpus folder as the starter and the fusion example of the documentation do.

    The splitter keeps the text as it is, so that every chunk is a true slice.
    """
    import chromadb
    import Stemmer
    from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
    from llama_index.core.embeddings import BaseEmbedding
    from llama_index.core.llms import MockLLM
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.retrievers.bm25 import BM25Retriever
    from llama_index.vector_stores.chroma import ChromaVectorStore

    class SameEncoder(BaseEmbedding):  # type: ignore[misc]  # the library is untyped here
        def _get_query_embedding(self, query: str) -> list[float]:
            return [float(x) for x in encoder.query(query)]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return [[float(x) for x in vector] for vector in encoder.passages(texts)]

    def relative(path: str) -> dict[str, str]:
        # The reader's own metadata holds the absolute path, which is embedded with the text: with the path below
        # the corpus folder the figures are the same on every machine.
        return {"file_path": Path(path).relative_to(corpus.resolve()).as_posix()}

    documents = {document.file: document for document in documents_of(corpus)}
    files = [str(corpus.resolve() / file) for file in documents]
    loaded = SimpleDirectoryReader(input_files=files, file_metadata=relative).load_data()
    nodes = SentenceSplitter().get_nodes_from_documents(loaded)
    chunks: dict[str, Chunk] = {}
    for file, document in documents.items():
        own = [node for node in nodes if node.metadata["file_path"] == file]
        for chunk in chunks_of(document, [node.text for node in own], overlap=True):
            chunks[own[chunk.number].node_id] = chunk

    collection = chromadb.EphemeralClient().create_collection(f"peer-{uuid4().hex}")
    storage = StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection))
    index = VectorStoreIndex(nodes, storage_context=storage, embed_model=SameEncoder(model_name=encoder.name))

    @cache
    def fusion(k: int) -> QueryFusionRetriever:
        words = BM25Retriever.from_defaults(
            nodes=nodes, similarity_top_k=min(k, len(nodes)), stemmer=Stemmer.Stemmer("dutch"), language="nl"
        )
        # One query and no event loop: without a language model there is nothing to rewrite and nothing to wait for.
        return QueryFusionRetriever(
            [index.as_retriever(similarity_top_k=min(k, len(nodes))), words],
            llm=MockLLM(),
            mode="reciprocal_rerank",
            similarity_top_k=k,
            num_queries=1,
            use_async=False,
        )

    def rank(question: str, k: int) -> Ranked:
        found = fusion(k).retrieve(question)
        return [(chunks[hit.node.node_id], float(hit.score or 0.0)) for hit in found if hit.node.node_id in chunks]

    return make_peer("llamaindex", rank)
