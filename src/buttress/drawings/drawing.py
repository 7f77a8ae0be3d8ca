"""What every diagram is read into before it is believed: nodes, edges, groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from buttress.evidence.secrets import quotable, veiled
from buttress.model import Diagnostic, Evidence, Fact, Form

if TYPE_CHECKING:
    from buttress.evidence import lines

MAX_QUOTE = 200
MAX_NODES = 2000
MAX_EDGES = 8000

Head = Literal["forward", "both", "none"]
Line = Literal["solid", "dotted", "thick", "invisible"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing is drawn: the first and last line of a file, and words that stand there.

    `path` is set where the file isn't the one of the drawing, but one that it includes.
    """

    line: int
    end_line: int
    quote: str
    path: str = ""

    @classmethod
    def of(cls, *values: lines.Node | None) -> Place:
        """Return where the first of some values of a YAML or JSON text stands that is there; at least one must be."""
        evidence = next(v for v in values if v is not None).evidence()
        return cls(evidence.line, evidence.end_line, evidence.quote)

    def evidence(self, path: str, form: Form = "diagram") -> Evidence:
        """Return it as evidence of a diagram, or of another form of writing; the quote ends before a secret.

        >>> Place(3, 3, "a --> b").evidence("x.mmd").form
        'diagram'
        """
        return Evidence(self.path or path, self.line, self.end_line, quotable(self.quote), form)


@dataclass(slots=True)
class Node:
    """One shape. `label` is None until one is given; `kind`, `technology` and `facts` only if the syntax sets them apart.

    `group` is the innermost frame around it, `beside` are those that overlap with that one.
    """

    key: str
    place: Place
    label: str | None = None
    shape: str = "rect"
    group: str | None = None
    beside: tuple[str, ...] = ()
    classes: set[str] = field(default_factory=set)
    kind: str | None = None
    technology: str = ""
    description: str = ""
    external: bool = False
    aliases: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """One line between two nodes or groups, in the direction in which it is drawn."""

    source: str
    target: str
    place: Place
    label: str = ""
    technology: str = ""
    line: Line = "solid"
    head: Head = "forward"
    sync: bool | None = None
    facts: tuple[Fact, ...] = ()


@dataclass(slots=True)
class Group:
    """A frame around nodes; `kind` only if the syntax names it; `many` is how often it stands there, with all in it."""

    key: str
    title: str
    place: Place
    parent: str | None = None
    kind: str | None = None
    many: int = 1


@dataclass(slots=True)
class Drawing:
    """One diagram as drawn.

    `sort` is how it is to be taken: a `flowchart` is free and judged first, a `graph` may show anything and must name
    components, a `model` has one entry a component, so that those with one name or number apart are several; all
    others draw what they say.
    """

    path: str
    sort: str
    line: int
    title: str = ""
    form: Form = "diagram"
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    groups: dict[str, Group] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def note(self, line: int, reason: str, *, info: bool = False) -> None:
        """Add a diagnostic at a line of the file."""
        self.diagnostics.append(Diagnostic(self.path, line, veiled(reason), "info" if info else "warning"))

    def node(self, key: str, place: Place, group: str | None = None) -> Node:
        """Return the node with that key, made at its first mention."""
        found = self.nodes.get(key)
        if found is None:
            found = self.nodes[key] = Node(key, place, group=group)
        return found

    def full(self, line: int) -> bool:
        """Return whether the diagram is larger than is read, and say so once."""
        if len(self.nodes) < MAX_NODES and len(self.edges) < MAX_EDGES:
            return False
        reason = f"more than {MAX_NODES} nodes or {MAX_EDGES} edges; split the diagram; the rest was not read"
        if not any(d.reason == reason for d in self.diagnostics):
            self.note(line, reason)
        return True


def quote_of(text: str) -> str:
    """Return the first telling line of a statement, short enough to be shown.

    >>> quote_of("   a --> b  ")
    'a --> b'
    """
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return quotable(first[: 2 * MAX_QUOTE])[:MAX_QUOTE].rstrip()
