"""What goes into readers and what comes out: sources, passages of running text, fragments of a graph."""

from __future__ import annotations

from dataclasses import dataclass

from buttress.model.graph import (
    Boundary,
    Component,
    Diagnostic,
    Evidence,
    Fact,
    Flow,
    Form,
    Merge,
    Rejection,
    Stance,
)


@dataclass(frozen=True, slots=True)
class Source:
    """One text to read: a file, or a block inside one.

    `path` is what evidence shows, relative to the folder that is reviewed; `first_line` is the line of the file at
    which `text` begins, so that a fenced block reports lines of its document. `language` is the info string of a
    fenced block ("mermaid"), empty for a file. `heading` is the title under which the text stands. `written` are the same
    lines as the file has them, where `text` was decoded from them (a block of an HTML page), otherwise empty. `packed` are the words
    that stand at `first_line` instead of the text, when the text was unpacked from them: a link to a drawing. `origins` are, for
    a text that was made from a template, the words in files that each of its lines rests on, those of the template last; `partial`
    says that parts of it couldn't be made, so that nothing is denied by being left out.
    """

    path: str
    text: str
    first_line: int = 1
    language: str = ""
    heading: str = ""
    packed: str = ""
    written: str = ""
    origins: tuple[tuple[Evidence, ...], ...] = ()
    partial: bool = False

    @property
    def name(self) -> str:
        """Return the last part of the path.

        >>> Source("deploy/compose.yaml", "").name
        'compose.yaml'
        """
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a passage's text that the author set apart: `text[start:end]`."""

    start: int
    end: int
    style: str  # "code", "strong", "emphasis" or "link"


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of running text with its place in the document.

    `text` is free of markup; `marks` keep what was code, strong or a link. `headings` are the titles above it, outermost
    first. `parent` is the index, in the same fragment, of the list item or lead-in sentence that governs it. For a table
    row `cells` and `columns` hold the texts of the row and of the header, and `text` is the row joined by " | ".
    `raw` is what stands in the source on these lines, whole lines or, where a line holds several passages, the part of this one;
    `text` has a line break wherever `raw` has one, or none at all.
    """

    source: str
    line: int
    end_line: int
    form: Form
    text: str
    headings: tuple[str, ...] = ()
    parent: int | None = None
    level: int = 0
    cells: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a person, an agent or a model says about the system, with the words of a source that say it.

    `value` has no evidence yet: a flow's ends, a fact's `owner` (one name, or two for a flow) and what is merged or rejected are
    given by name. `source` and `line` tell where the words stood when they were last found, empty and 0 when nobody said.
    `file` and `at` are the place of the claim itself.
    """

    value: Component | Flow | Fact | Stance | Merge | Rejection
    quote: str
    file: str
    at: int
    source: str = ""
    line: int = 0
    owner: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fragment:
    """What one reader made of one or several sources.

    Flows and boundaries refer to component ids of the same fragment. `nested` are blocks for other readers.
    `passages` are left to the prose stage, `claims` to the stage that looks their words up in the other sources; what holds of
    those are `merges`, `rejections` and `facts` of the whole system, beside components and flows. `tells_apart` says that components
    of this fragment are never one (a Compose file names each service once; a paragraph may use two names for one thing); where it holds
    several drawings, `drawn` are the ids that each of them shows side by side, and these are never one. `defined` are the dotted names of
    what code defines and nothing starts: classes, functions, modules; `records` the names of what rows of its tables are.
    `offered` are the ids of components that an installation may have: without another source that shows one, nothing uses it.
    """

    reader: str
    components: tuple[Component, ...] = ()
    flows: tuple[Flow, ...] = ()
    boundaries: tuple[Boundary, ...] = ()
    stances: tuple[Stance, ...] = ()
    passages: tuple[Passage, ...] = ()
    claims: tuple[Claim, ...] = ()
    merges: tuple[Merge, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    nested: tuple[Source, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    tells_apart: bool = True
    drawn: tuple[frozenset[str], ...] = ()
    closed: bool = False
    facts: tuple[Fact, ...] = ()
    defined: frozenset[str] = frozenset()
    records: frozenset[str] = frozenset()
    offered: frozenset[str] = frozenset()
