"""What cog writes into the pages of this folder: `make docs`. The words come from the program, so they can't go stale unseen."""

from __future__ import annotations

from importlib import import_module

from buttress import sources
from buttress.cli import COMMANDS, overview
from buttress.readers import READERS
from buttress.report.coverage import points
from buttress.report.markdown import AREA_TITLES
from buttress.retrieval.cards import cards
from buttress.rules import AREAS, shipped
from buttress.vocabulary import load


def commands() -> str:
    """Return the help of every command, each under a heading of its own."""
    parts = [f"```text\n{overview()}```"]
    for command in COMMANDS:
        parts.append(f"## {command.name}\n\n```text\n{command.format_help()}```")
    return "\n\n".join(parts) + "\n"


def rules() -> str:
    """Return every rule by area: id, severity, what it does and its title."""
    cards = shipped()
    parts = [f"{len(cards)} rules in {len(AREAS)} areas."]
    for area in AREAS:
        rows = [
            f"| [{c.id}](../ontology/rules/{area}/{c.id}.md) | {c.severity} | "
            f"{', '.join(k for k, q in (('finds', c.finds), ('asks', c.asks), ('praises', c.praises)) if q)} | {c.title} |"
            for c in cards
            if c.area == area
        ]
        parts.append(
            "\n".join(
                [
                    f"## {AREA_TITLES[area]}",
                    "",
                    "| rule | severity | does | title |",
                    "|:--|:--|:--|:--|",
                    *rows,
                ]
            )
        )
    return "\n\n".join(parts) + "\n"


def coverage() -> str:
    """Return how many review points of each area are covered, and those that aren't."""
    known = points()
    rows = []
    for area, title in AREA_TITLES.items():
        mine = [p for p in known if p.area == area]
        rows.append(f"| {title} | {sum(bool(p.rules) for p in mine)} | {len(mine)} |")
    done = sum(bool(p.rules) for p in known)
    table = [
        "| area | covered | points |",
        "|:--|--:|--:|",
        *rows,
        f"| **all** | **{done}** | **{len(known)}** |",
    ]
    missing = [f"- {AREA_TITLES[p.area]}: {p.text}" for p in known if not p.rules]
    return "\n".join([*table, *(["", "Not covered yet:", "", *missing] if missing else [])]) + "\n"


def opened() -> str:
    """Return which files are opened, and up to what size."""
    endings = " ".join(sorted(sources.SUFFIXES))
    return (
        f"Files ending in `{endings}` are opened, up to {sources.MAX_FILE_BYTES / 1e6:.0f} MB each,\n"
        f"{sources.MAX_TOTAL_BYTES / 1e6:.0f} MB together and {sources.MAX_FILES:,} files; a path that is named itself is always opened. So are\n"
        "Dockerfiles, Procfiles, `.env` files of any ending, templates of Helm (`_*.tpl`), configuration such as nginx's (`.conf`, `.vhost`, `.nginx`),\n"
        "and what describes a Python project: `pyproject.toml`, `setup.cfg`, requirements, lock files, settings of ruff, mypy, pytest and the like.\n"
    )


def formats() -> str:
    """Return a section a reader: the docstring of its module, and the facts that its format denies by leaving them out."""
    sections = []
    for reader in READERS:
        title, _, body = (import_module(f"buttress.readers.{reader.name}").__doc__ or "").partition("\n")
        complete = sorted(f.name for f in load().facts.values() if reader.name in f.complete_in)
        body = body.strip().replace("{complete}", ", ".join(f"`{name}`" for name in complete))
        sections.append(f"## {title.strip().rstrip('.')}\n\n{body}")
    return "\n" + "\n\n".join(sections) + "\n\n"


def names(which: str) -> str:
    """Return the names that additions may use: of `facts` with the type of their values, or of `topics`."""
    if which == "topics":
        return "\n" + ", ".join(f"`{id_}`" for id_ in sorted(load().topics)) + "\n\n"
    units = {"duration_s": "seconds", "integer": "a whole number", "boolean": "true or false"}
    known = sorted(load().facts.values(), key=lambda f: f.name)
    return "\n" + ", ".join(f"`{f.name}` ({units.get(f.type, f.type)})" for f in known) + "\n\n"


def numbers() -> str:
    """Return how much Buttress knows, counted."""
    known, words = points(), load()
    done = sum(bool(p.rules) for p in known)
    return (
        f"It knows {len(shipped())} rules, {len(cards())} practices from {len({c.source for c in cards().values()})} published sources, "
        f"{len(words.technologies)} technologies and {len(words.topics)} review topics;\n"
        f"{done} of {len(known)} review points are covered by a rule ([which](docs/coverage.md)).\n"
    )
