"""Text → vectors, behind one door: the encoder that ships with the package, or any other by folder or hub name."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUNDLED = Path(__file__).resolve().parent / "encoder"
Vectors = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Encoder:
    """A sentence encoder: unit vectors, queries and passages each with their own prompt.

    `fingerprint` names the exact weights; vectors of two encoders with the same fingerprint may be mixed.
    """

    name: str
    fingerprint: str
    dimensions: int
    _model: Any = field(repr=False)

    def query(self, text: str) -> Vectors:
        """One question → a unit vector of shape (dimensions,)."""
        return self._encode([text], "query")[0]

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Passages → unit vectors of shape (len(texts), dimensions), in the order given.

        Longest first in batches of like length, so that little is padded; `progress` is told how many were done.
        """
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        result = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(order), 64):
            rows = order[start : start + 64]
            result[rows] = self._encode([texts[i] for i in rows], "document")
            if progress:
                progress(len(rows))
        return result

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        prompts = getattr(self._model, "prompts", {})
        vectors = self._model.encode(
            list(texts),
            prompt_name=prompt if prompts.get(prompt) else None,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
            batch_size=32,
        )
        vectors = np.asarray(vectors, dtype=np.float32)
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
    if local:
        # Nothing is fetched for a model that lies on this disk.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
    try:
        model = _load(str(folder) if local else name)
    except Exception as error:  # the loader raises whatever its many formats raise
        raise EncoderError(
            f"De encoder '{name}' kan niet worden geladen ({str(error).splitlines()[0][:200] if str(error) else error!r}). "
            "Gebruik --embedder bundled, of geef een map met een sentence-transformers-model."
        ) from error
    dimensions = int(model.get_embedding_dimension() or 0)
    return Encoder(name, _fingerprint(folder) if local else f"hub:{name}", dimensions, model)


def _load(source: str) -> SentenceTransformer:
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
    import transformers
    from sentence_transformers import SentenceTransformer

    transformers.utils.logging.disable_progress_bar()
    # Weights may lie in half precision to save space; a CPU computes faster in single precision.
    return SentenceTransformer(source, device="cpu", model_kwargs={"dtype": "float32"}, trust_remote_code=False)


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".safetensors", ".json", ".txt", ".onnx", ".bin"}:
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]
