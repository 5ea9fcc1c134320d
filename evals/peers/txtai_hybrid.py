"""txtai's hybrid index: sections of the text extractor, BM25 and vectors mixed half and half."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant.embed import Encoder, Vectors
from evals.peers.base import Peer, Ranked, chunks_of, documents_of, make_peer


def create(corpus: Path, encoder: Encoder) -> Peer:
    """Index a corpus folder as the retrieval quick start does: a chunk per heading, and a hybrid index with content.

    The text extractor collapses spaces, takes out tags and automatic links and resolves entities: a chunk's place is
    that of its letters and digits, so that its citation is the passage as the document writes it.
    """
    import numpy as np
    from txtai import Embeddings
    from txtai.pipeline import Textractor

    asking = False

    def transform(texts: Sequence[str]) -> Vectors:
        return np.stack([encoder.query(text) for text in texts]) if asking else encoder.passages(texts)

    extractor = Textractor(sections=True, backend=None)
    chunks = [chunk for document in documents_of(corpus) for chunk in chunks_of(document, extractor(document.text))]
    index = Embeddings(method="external", transform=transform, hybrid=True, content=True)
    index.index([(number, chunk.text, None) for number, chunk in enumerate(chunks)])
    asking = True

    def rank(question: str, k: int) -> Ranked:
        return [(chunks[int(row["id"])], float(row["score"])) for row in index.search(question, k)]

    return make_peer("txtai", rank)
