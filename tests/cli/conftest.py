"""A small system on disk, and the command line run in this process."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from buttress.cli import main

DESIGN = """# Shop

```mermaid
flowchart LR
  user((Customer)) --> web[Web shop]
  web -->|"calls, timeout=2s"| orders[Orders]
  orders -->|writes| db[(Orders DB)]
  orders -.->|publishes| queue[[RabbitMQ]]
  mailer[Mailer] -->|consumes| queue
```

Backups of the Orders DB are taken every night.
"""
COMPOSE = """services:
  orders:
    image: registry.example/orders:1.4
    depends_on: [db]
    environment:
      DATABASE_URL: postgresql://shop:secret@db:5432/orders
  db:
    image: postgres:16
    ports: ["5432:5432"]
"""


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder `shop` with a document and a Compose file; the working directory is its parent."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "design.md").write_text(DESIGN, encoding="utf-8")
    (folder / "compose.yaml").write_text(COMPOSE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def buttress(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Return a function that runs the command line on words and gives exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str | Path, stdin: str | bytes = "") -> Ran:
        content = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))
        capsys.readouterr()
        return Ran(main([str(w) for w in words]), *capsys.readouterr())

    return run
