"""Text → vectors, behind one door: the encoder that ships with the package, or any other by folder or hub name."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import EncoderError
from assistant.onnx import OnnxEncoder, is_onnx

BUNDLED = Path(__file__).resolve().parent / "encoder"
BATCH = 64
Vectors = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, eq=False)
class Encoder:
    """A sentence encoder: unit vectors, queries and passages each with their own prompt.

    `fingerprint` names the exact weights; vectors of two encoders with the same fingerprint may be mixed.
    """

    name: str
    fingerprint: str
    dimensions: int
    _query: Encode = field(repr=False)
    _passages: Encode = field(repr=False)

    @lru_cache(maxsize=64)  # noqa: B019  # the few encoders of a process live as long as it does
    def query(self, text: str) -> Vectors:
        """One question → a read-only unit vector of shape (dimensions,); the last are kept: an answer asks twice."""
        vector: Vectors = self._checked(self._query([text]))[0]
        vector.flags.writeable = False
        return vector

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Passages → unit vectors of shape (len(texts), dimensions), in the order given.

        Longest first in batches of like length, so that little is padded; `progress` is told how many were done.
        """
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        result = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            result[rows] = self._checked(self._passages([texts[i] for i in rows]))
            if progress:
                progress(len(rows))
        return result

    def _checked(self, vectors: Vectors) -> Vectors:
        if not np.isfinite(vectors).all():
            raise EncoderError(f"De encoder {self.name} gaf ongeldige getallen. Kies een andere met --embedder.")
        return vectors


@cache
def load_encoder(name: str = "bundled") -> Encoder:
    """Load an encoder once per process.

    Args:
        name: `bundled`, a folder with a sentence-transformers model, or a hub name (needs a network once).

    Raises:
        EncoderError: when it cannot be loaded, with what to do.
    """
    folder = BUNDLED if name == "bundled" else Path(name)
    local = folder.is_dir()
    try:
        if local and is_onnx(folder):
            model = OnnxEncoder(folder)
            return Encoder(name, _fingerprint(folder), model.dimensions, model.encode, model.encode)
        return _sentence_transformer(
            name, str(folder) if local else name, _fingerprint(folder) if local else f"hub:{name}"
        )
    except Exception as error:  # the loaders raise whatever their many formats raise
        reason = str(error).strip().splitlines()
        raise EncoderError(
            f"De encoder '{name}' kan niet worden geladen ({reason[0][:200] if reason else type(error).__name__}). "
            "Gebruik --embedder bundled, of geef een map met een sentence-transformers-model."
        ) from error


def _sentence_transformer(name: str, source: str, fingerprint: str) -> Encoder:
    """Any sentence-transformers model, with its own query and passage prompts. Imports torch (seconds)."""
    if Path(source).is_dir():
        # Nothing is fetched for a model that lies on this disk.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import transformers
    from sentence_transformers import SentenceTransformer

    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    # Weights may lie in half precision to save space; a CPU computes faster in single precision.
    model = SentenceTransformer(source, device="cpu", model_kwargs={"dtype": "float32"}, trust_remote_code=False)

    def encode_with(prompt: str) -> Encode:
        chosen = prompt if model.prompts.get(prompt) else None
        return lambda texts: np.asarray(
            model.encode(list(texts), prompt_name=chosen, normalize_embeddings=True, show_progress_bar=False),
            dtype=np.float32,
        )

    return Encoder(
        name, fingerprint, int(model.get_embedding_dimension() or 0), encode_with("query"), encode_with("document")
    )


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".safetensors", ".json", ".txt", ".onnx", ".bin"}:
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]
