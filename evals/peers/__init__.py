"""Rival systems at their documented defaults, over the same corpus with the same encoder. Needs the extra `peers`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from assistant.embed import Encoder
from evals.peers.base import Peer, PeerError

__all__ = ["PEERS", "Peer", "PeerError", "load_peer"]

# Name → the module whose `create` builds it.
PEERS: dict[str, str] = {
    "llamaindex": "evals.peers.llamaindex_starter",
    "haystack": "evals.peers.haystack_hybrid",
    "txtai": "evals.peers.txtai_hybrid",
}

# llama-index-retrievers-bm25 0.8 asks for PyStemmer 2 (run-llama/llama_index#22601) but works with the 3 that the
# product needs, so it cannot stand in the extra.
INSTALL = "pip install -e '.[peers]' && pip install --no-deps llama-index-retrievers-bm25"


def load_peer(name: str, corpus: Path, encoder: Encoder) -> Peer:
    """Build a peer over a corpus folder.

    Raises:
        PeerError: when there is no such peer, or its library is not installed.
    """
    if name not in PEERS:
        raise PeerError(f"There is no peer '{name}'. Choose from: {', '.join(PEERS)}.")
    module = import_module(PEERS[name])
    try:
        peer: Peer = module.create(corpus, encoder)
    except ImportError as error:
        raise PeerError(f"The peer '{name}' needs the extra 'peers' ({error}): {INSTALL}") from error
    return peer
