"""Haystack's hybrid retrieval: word splitter, in-memory BM25 and vectors, joined by reciprocal rank fusion."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from assistant.embed import Encoder
from evals.peers.base import Chunk, Peer, Ranked, chunks_of, documents_of, make_peer

RETRIEVER_TOP_K = 10  # both retrievers' default


def create(corpus: Path, encoder: Encoder) -> Peer:
    """Index a corpus folder as the hybrid retrieval tutorial does.

    The Markdown is read as text: Haystack's own Markdown converter would drop the addresses of links, which questions
    ask for. The splitter keeps the text as it is, so that every chunk is a true slice.
    """
    os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")
    from haystack import Document
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    splitter = DocumentSplitter()
    chunks: dict[str, Chunk] = {}
    pieces = []
    for document in documents_of(corpus):
        split = splitter.run([Document(content=document.text, meta={"file_path": document.file})])["documents"]
        for chunk in chunks_of(document, [piece.content or "" for piece in split]):
            piece = split[chunk.number]
            chunks[piece.id] = chunk
            pieces.append(piece)
    vectors = encoder.passages([piece.content or "" for piece in pieces])
    store = InMemoryDocumentStore(shared=False)
    store.write_documents(
        [replace(piece, embedding=[float(x) for x in vector]) for piece, vector in zip(pieces, vectors, strict=True)]
    )
    words, meaning = InMemoryBM25Retriever(store), InMemoryEmbeddingRetriever(store)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion")

    def rank(question: str, k: int) -> Ranked:
        top_k = max(k, RETRIEVER_TOP_K)
        vector = [float(x) for x in encoder.query(question)]
        by_words = words.run(query=question, top_k=top_k)["documents"]
        by_meaning = meaning.run(query_embedding=vector, top_k=top_k)["documents"]
        joined = joiner.run([by_words, by_meaning])["documents"]
        return [(chunks[piece.id], float(piece.score or 0.0)) for piece in joined]

    return make_peer("haystack", rank)
