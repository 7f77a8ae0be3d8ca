"""What tests make of Mermaid texts, and what they ask the fragments."""

from __future__ import annotations

from pathlib import Path

from buttress.model import Fact, Fragment, Source
from buttress.readers.mermaid import read

FIXTURES = sorted((Path(__file__).parent / "mermaid").glob("*.mmd"))


def diagram(text: str, **more: str) -> Fragment:
    return read((Source("system.mmd", text, **more),))  # type: ignore[arg-type]


def chart(body: str) -> Fragment:
    return diagram("flowchart LR\n" + body)


def flows(fragment: Fragment) -> set[tuple[str, str, str]]:
    return {(f.source, f.kind, f.target) for f in fragment.flows}


def kinds(fragment: Fragment) -> dict[str, str]:
    return {c.id: c.kind for c in fragment.components}


def facts(items: tuple[Fact, ...]) -> dict[str, object]:
    return {f.name: f.value if f.status == "stated" else "denied" for f in items}


def fixture(name: str) -> Fragment:
    return diagram((Path(__file__).parent / "mermaid" / name).read_text())
