"""Golden files: what is read from each fixture, and the reports of whole systems, for a person to check.

`python -m tests.golden` writes them anew; read the diff before you commit it.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from buttress.model import Claim, Evidence, Fact, Fragment, Source
from buttress.pipeline import review
from buttress.readers import READERS, read_all
from buttress.report import terminal
from buttress.report.markdown import render
from buttress.sources import collect

FIXTURES = Path(__file__).parent / "readers"
EXAMPLES = Path(__file__).parents[1] / "examples"
SYSTEMS = ("bookshop", "bookshop-improved")
PICTURE_LINES = 46


def fixtures() -> Iterator[Path]:
    """Yield the fixtures of every reader, from the folder of its name: a file, or a folder whose files are read together."""
    for reader in READERS:
        yield from sorted(
            p for p in (FIXTURES / reader.name).iterdir() if not p.name.endswith(".golden.json")
        )


def sources_of(fixture: Path) -> tuple[Source, ...]:
    """Return the sources of a fixture, named relative to it."""
    if fixture.is_dir():
        return collect([fixture]).sources
    return tuple(Source(fixture.name, s.text) for s in collect([fixture]).sources)


def golden_of(fixture: Path) -> Path:
    """Return where the golden file of a fixture stands: beside it."""
    return fixture.with_name(f"{fixture.name}.golden.json")


def reading_of(fixture: Path) -> str:
    """Return what is read from a fixture as JSON, one line a claim."""
    fragments, skipped = read_all(sources_of(fixture))
    shown: dict[str, Any] = {f.reader: readable(f) for f in fragments}
    if skipped:
        shown["skipped"] = list(skipped)
    return json.dumps(shown, indent=1, ensure_ascii=False) + "\n"


def readable(fragment: Fragment) -> dict[str, Any]:
    """Return a fragment as names with claims; every claim ends with the lines that it rests on."""
    components = {
        c.id: {
            "is": _at(f"{c.kind} {c.technology or ''}".strip(), c.evidence),
            **({"aliases": list(c.aliases)} if c.aliases else {}),
            **({"in": list(c.boundaries)} if c.boundaries else {}),
            "facts": [_fact(f) for f in c.facts],
        }
        for c in fragment.components
    }
    shown = {
        "components": components,
        "flows": [
            _at(f"{f.source} {f.kind} {f.target}" + (f" over {f.protocol}" if f.protocol else ""), f.evidence)
            + "".join(f"; {_fact(x)}" for x in f.facts)
            for f in fragment.flows
        ],
        "boundaries": [_at(f"{b.kind} {b.name}", b.evidence) for b in fragment.boundaries],
        "stances": [_at(f"{s.topic} {s.status}", s.evidence) for s in fragment.stances],
        "passages": [
            f"{n}: {p.line}-{p.end_line} {p.form}{'' if p.parent is None else f' under {p.parent}'}: {p.text}"
            for n, p in enumerate(fragment.passages)
        ],
        "claims": [_claim(c) for c in fragment.claims],
        "nested": [_nested(s) for s in fragment.nested],
        "diagnostics": [str(d) for d in fragment.diagnostics],
    }
    return {key: value for key, value in shown.items() if value}


def _nested(source: Source) -> str:
    """Return a block for another reader; what may hold secrets is named only."""
    if source.language == "dotenv" or source.origins:
        return f"{source.path} as {source.language}"
    return f"{source.first_line} {source.language} under {source.heading!r}: {source.text}"


def _fact(fact: Fact) -> str:
    value = "" if fact.value is True or fact.value is None else f" = {fact.value}"
    return _at(f"{'no ' if fact.status == 'denied' else ''}{fact.name}{value}", fact.evidence)


def _claim(claim: Claim) -> str:
    shown = {"quote": claim.quote, "line": claim.at, **({"owner": claim.owner} if claim.owner else {})}
    where = f" in {claim.source} near {claim.line}" if claim.source else ""
    return f"{claim.value} @ {shown}{where}" + (f" because {claim.reason}" if claim.reason else "")


def _at(claim: str, evidence: tuple[Evidence, ...]) -> str:
    return f"{claim} @ {', '.join(f'{e} {e.quote!r}' for e in evidence)}"


def report_of(name: str) -> str:
    """Return the review of an example system as Markdown."""
    return render(review(EXAMPLES / name))


def picture_of(name: str) -> str:
    """Return the first lines of an example's review in a terminal as SVG, without fonts from elsewhere."""
    from rich.console import Console
    from rich.text import Text

    shown = terminal.render(review(EXAMPLES / name), colour=True, width=112).splitlines()[:PICTURE_LINES]
    console = Console(record=True, width=112, file=io.StringIO(), force_terminal=True, legacy_windows=False)
    for line in shown:
        console.print(Text.from_ansi(line), soft_wrap=True)
    svg = console.export_svg(title=f"buttress review examples/{name}", unique_id="report")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL) + "\n"


def reports() -> Iterator[tuple[Path, str]]:
    """Yield the golden file of each example's report, and what it should hold."""
    for name in SYSTEMS:
        yield Path(__file__).parent / "report" / f"{name}.golden.md", report_of(name)


def main() -> int:
    """Write every golden file that would change; return how many."""
    changed = 0
    everything = [(golden_of(f), reading_of(f)) for f in fixtures()]
    picture = EXAMPLES.parent / "docs" / "report.svg"
    for file, text in (*everything, *reports(), (picture, picture_of("bookshop"))):
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{file}\n")
            changed += 1
    return changed


if __name__ == "__main__":
    main()
