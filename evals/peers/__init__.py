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
        raise PeerError(f"The peer '{name}' needs the extra 'peers' ({error}): pip install -e '.[peers]'") from error
    return peer
