"""Whether a free drawing shows an architecture, the steps of a process or something else, by structure and grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from buttress.drawings.drawing import Drawing, Edge, Node
from buttress.drawings.edges import is_protocol
from buttress.drawings.kinds import SIGNING_IN, technologies_in
from buttress.drawings.text import label_lines
from buttress.model.kinds import MESSAGING, STORES
from buttress.vocabulary.roles import role_of

_ANSWER = re.compile(
    r"^(?:yes|no|y|n|true|false|ok|fail(?:s|ed|ure)?|success|pass(?:ed|es)?|valid|invalid|hit|miss|"
    r"cache (?:hit|miss)|found|not found|exists|else|otherwise|error|approved|rejected|allowed|denied|match"
    r"|no match)\b[!.]?",
    re.IGNORECASE,
)
_TERMINAL = re.compile(
    r"^(?:start|end|stop|begin|finish(?:ed)?|done|exit|success|failure|fail|error|complete[d]?|return\b.*)$",
    re.IGNORECASE,
)
# The two ends of a process: what has both of them is one, however its steps are named.
_BEGIN = re.compile(r"^(?:start|begin)$", re.IGNORECASE)
_END = re.compile(r"^(?:end|stop|finish(?:ed)?|done|exit|completed?)$", re.IGNORECASE)
_VERBS = (
    "validate check verify send get fetch create update delete insert save store return compute calculate "
    "parse read write load run execute call receive wait retry log raise throw handle process build "
    "deploy push pull merge select set add remove apply generate render display show redirect reject "
    "accept approve continue skip open close submit review commit test lint enter click choose decide "
    "determine notify publish extract transform convert compare split sort filter map lookup acquire "
    "release increment decrement mark assign evaluate identify define use ask is are does do has have "
    "should can initialize init install configure download upload encode decode sign encrypt"
)
_IMPERATIVE = re.compile(r"^(?:\d+[.)]\s*)?(?:" + "|".join(_VERBS.split()) + r")\b\s+\S", re.IGNORECASE)
# A sentence instead of a name: "Worker processes events".
_SAYS = re.compile(
    r"\s(?:" + "|".join(f"{v}e?s" for v in _VERBS.split()) + r")\s(?!(?:and|or|in|for|of|on)\b)\w"
)
_FIGURE = re.compile(
    r"^[<>≤≥~+]?\s*[$€£]?\d[\s\d.,:%$€£<>≤≥=~+*/×xkKmMbB-]+"
    r"(?:ms|s|rps|qps|gb|tb|mb|/s|/day|users?|requests?)?\s*$",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"^[\w./-]+\.(?:csv|json|ya?ml|txt|xml|parquet|pdf|md|log|toml|ini|py|html?)$", re.IGNORECASE
)
_SCRIPT = re.compile(r"^[\w./-]+\.(?:py|sh|js|mjs|ts|rb|pl|exe|jar)$", re.IGNORECASE)
_TESTS = re.compile(
    r"(?:\b[Tt]|(?<=[a-z])T)ests?(?: suites?)?(?: \(.*\))?$|(?<=[a-z])Specs?$|\b(?:unit|contract|e2e|smoke)[ -]?tests?$"
)
# A stage of a pipeline as such pictures call it, where it stands alone.
_STAGE = re.compile(
    r"(?:build|test|lint|deploy|release|package|publish|merge|push(?: ?/ ?pr)?|pull request|pr)",
    re.IGNORECASE,
)
# What is written into a drawing about it: "the response is omitted for brevity", "This part is not shown".
_REMARK = re.compile(
    r"(?:the|this|these|note|see|all|not)\b(?=.*\b(?:is|are|was|were|not)\b)(?:\s+\S+){3,}.*", re.IGNORECASE
)
_PAYLOAD = re.compile(
    r"^(?:json|csv|xml|yaml|parquet|pdf|html)(?:\s+(?:files?|payload|data|document|report))?$", re.IGNORECASE
)
# What a packet is sent to: `VIP`, `VRRP IP1`, `IP B`, `10.0.0.0/24`, `02:42:ac:11:00:02`, `port 8080`.
_ADDRESS = re.compile(
    r"(?:[A-Za-z][\w.]*\s+){0,2}V?IPs?\d?(?:\s+(?:[A-Z]|\d{1,2}|address(?:es)?|front|back|in|out))?(?:\s*\(s\))?"
    r"|\d{1,3}(?:\.\d{1,3}){3}(?:[/:]\d{1,5})?|[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}"
    r"|(?:(?:tcp|udp|port)[ :]?)?:?\d{2,5}(?:/(?:tcp|udp))?|(?:[A-Za-z]+\s+)?(?:MAC|CIDR)(?:\s+(?:address|range|block)(?:es|s)?)?"
)
_BLANK = re.compile(r"\s*<[A-Za-z][\w .'-]*>\s*")  # of a form: "<your service>"
_NUMBERED = re.compile(r"(?:[Ss]tep\s+)?(\d{1,2})(?:[.):]\s*|\s+|$)(?=\D|$)")
_LEGEND = re.compile(r"\b(?:legend|key|colou?rs?)\b", re.IGNORECASE)
LIMIT = 3
FEW = 5  # of a graph that may show anything, one node in so many is named like a component


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a drawing is believed, why not, and the nodes in it that are no components."""

    architecture: bool
    reason: str = ""
    dropped: frozenset[str] = frozenset()


def judge(drawing: Drawing) -> Verdict:
    """Return whether a flowchart or graph draws components, and which of its nodes don't.

    Decisions, yes/no answers, bars that part and join, start and end marks and labels in the imperative speak for a process;
    technologies, role nouns and cylinders for an architecture. Nodes without a label are neutral.
    """
    labels = {k: _text(n) for k, n in drawing.nodes.items()}
    steps = {k for k, n in drawing.nodes.items() if is_step(labels[k], n)}
    parts = {k for k, n in drawing.nodes.items() if k not in steps and _is_part(labels[k], n)}
    answers = sum(bool(_ANSWER.match(" ".join(label_lines(e.label)))) for e in drawing.edges)
    questions = sum(n.shape == "rhombus" for n in drawing.nodes.values())
    weight = len(steps) + min(answers, questions)
    count = len(drawing.nodes)
    told = len(steps) >= 2 or answers >= 2
    framed = all(any(end.match(label) for label in labels.values()) for end in (_BEGIN, _END))
    if count >= LIMIT and told and weight > len(parts) and (framed or weight / count >= 0.3):
        reason = f"{len(steps)} of {count} nodes are steps or decisions"
        return Verdict(
            False, f"not an architecture diagram ({reason}: a process); its nodes are not components"
        )
    if drawing.sort == "graph" and count >= LIMIT and len(parts) * FEW < count:
        reason = f"{len(parts) or 'none'} of {count} nodes named like a component"
        return Verdict(False, f"not an architecture diagram ({reason}); nothing was read from it")
    if count >= LIMIT and answers >= 2 and questions and not parts:
        return Verdict(
            False,
            "not an architecture diagram (decisions with answers: a process); its nodes are not components",
        )
    if _are_numbered(list(labels.values())) and len(parts) * 2 < count:
        return Verdict(
            False, "not an architecture diagram (its nodes are numbered steps); they are not components"
        )
    sources, targets = ({getattr(e, end) for e in drawing.edges} for end in ("source", "target"))
    linked = sources | targets
    legend = {g.key for g in drawing.groups.values() if _LEGEND.search(g.title)}
    dropped = {
        k
        for k, n in drawing.nodes.items()
        if (_is_data(labels[k]) and not (_SCRIPT.match(labels[k]) and k in sources and k in targets))
        or is_address(_first(n))
        or is_test(_first(n))
        or (n.label is not None and not re.search(r"\w", labels[k]))
        or (n.label is not None and (_BLANK.fullmatch(n.label) or _REMARK.fullmatch(labels[k])))
        or (is_protocol(labels[k]) and n.kind is None and not is_party(labels[k], _peers(drawing, k)))
        or n.shape == "note"
        or n.group in legend
        or labels[k].endswith("?")
        or (k in steps and not _is_part(labels[k], n))
    }
    dropped |= {
        k for k, n in drawing.nodes.items()
        if k not in linked and (_is_swatch(n, labels[k]) or (n.label is not None and labels[k].isdigit()))
    }  # fmt: skip
    return Verdict(True, "", frozenset(dropped))


def is_step(label: str, node: Node) -> bool:
    """Return whether a node is a step, a question or a mark of a process.

    >>> from buttress.drawings.drawing import Place
    >>> node = Node("a", Place(1, 1, "a"))
    >>> is_step("Validate the order", node), is_step("Order service", node)
    (True, False)
    """
    if _TERMINAL.match(label) or label.endswith("?") or node.shape == "bar" or _STAGE.fullmatch(label):
        return True
    if node.shape == "rhombus" and not _is_part(label, node):
        return node.label is not None
    return (
        bool(_IMPERATIVE.match(label))
        and node.shape not in ("cylinder", "queue")
        and not _ends_in_role(label)
    )


def is_sentence(label: str) -> bool:
    """Return whether a label says what somebody does, instead of a name.

    >>> is_sentence("Worker processes events"), is_sentence("Key value stores"), is_sentence("Order service")
    (True, False, False)
    """
    return _SAYS.search(label) is not None


def is_address(label: str) -> bool:
    """Return whether a label is where something is reached, not what is reached.

    >>> is_address("MGMT IP"), is_address("VIP B"), is_address("10.0.0.0/24"), is_address("IP service")
    (True, True, True, False)
    """
    return _ADDRESS.fullmatch(label) is not None


def _are_numbered(labels: list[str]) -> bool:
    """Return whether most labels begin with numbers that follow each other: the order in which something is done."""
    numbers = sorted(int(found[1]) for label in labels if (found := _NUMBERED.match(label)))
    follow = numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else False
    return follow and len(numbers) >= LIMIT and len(numbers) * 3 >= len(labels) * 2


def is_test(name: str) -> bool:
    """Return whether a name is that of tests, which run beside a system and not in it.

    >>> is_test("OrderServiceTests"), is_test("Contract tests"), is_test("Test runner"), is_test("Latest")
    (True, True, False, False)
    """
    return _TESTS.search(name) is not None


def is_party(label: str, peers: int) -> bool:
    """Return whether the name of a protocol stands for who speaks it: what signs people in, and has one part that asks it.

    >>> is_party("OIDC", 1), is_party("OIDC", 2), is_party("REST", 1)
    (True, False, False)
    """
    return label.lower() in SIGNING_IN and peers == 1


def _peers(drawing: Drawing, key: str) -> int:
    around = {e.source for e in drawing.edges if e.target == key} | {
        e.target for e in drawing.edges if e.source == key
    }
    return len(around - {key})


def _ends_in_role(label: str) -> bool:
    """Return whether a phrase is a name in spite of its first word: `Build server`, but not `Check cache`."""
    role = role_of(label)
    return role is not None and role not in STORES and role not in MESSAGING and len(label.split()) <= 3


def _is_part(label: str, node: Node) -> bool:
    return node.shape in ("cylinder", "queue") or role_of(label) is not None or bool(technologies_in(label))


def _is_swatch(node: Node, label: str) -> bool:
    """Return whether an unconnected, coloured node only explains its colour: no role, no technology."""
    return bool(node.classes) and not node.description and node.group is None and not _is_part(label, node)


def _is_data(label: str) -> bool:
    return bool(_FIGURE.match(label) or _FILE.match(label) or _PAYLOAD.match(label))


def _first(node: Node) -> str:
    lines = label_lines(node.label) if node.label else []
    return lines[0] if lines else node.key


def _text(node: Node) -> str:
    return " ".join(label_lines(node.label)) if node.label else node.key


MANY_PAGES = 4


def about_one_system(pages: list[Drawing]) -> list[Drawing]:
    """Return the pages of a file; where several are illustrations of other things, only those that go with what runs.

    Of many pages some draw stores and products that run; the others belong to them when they name one of their parts again.
    The rest keep nothing but the remark that they were passed over.

    >>> from buttress.drawings.drawing import Place
    >>> names = (("Shop", "Redis"), ("Shop", "Till"), ("Cat", "Dog"), ("Vlan", "Port"))
    >>> made = [Drawing("a", "graph", 1, nodes={n: Node(n, Place(1, 1, n), n) for n in pair}) for pair in names]
    >>> [len(d.nodes) for d in about_one_system(made)]
    [2, 2, 0, 0]
    """
    if len(pages) < MANY_PAGES:
        return pages
    kept = [
        p
        for p in pages
        if any(n.shape in ("cylinder", "queue") or technologies_in(_text(n)) for n in p.nodes.values())
    ]
    names = {_text(n).lower() for p in kept for n in p.nodes.values()}
    for page in pages if kept else []:
        if page in kept or not page.nodes or names & {_text(n).lower() for n in page.nodes.values()}:
            continue
        page.note(
            page.line,
            "nothing on this page is a part of what the other pages draw; nothing was read from it",
            info=True,
        )
        page.nodes.clear()
        page.edges.clear()
        page.groups.clear()
    return pages


def without_legend(drawing: Drawing) -> frozenset[str]:
    """Return the shapes that a legend gives a meaning of its own: a `queue` that stands for "Compute" is no queue.

    >>> from buttress.drawings.drawing import Group, Place
    >>> here = Place(1, 1, "x")
    >>> drawn = Drawing("a.d2", "graph", 1, groups={"l": Group("l", "Legend", here)})
    >>> drawn.nodes["c"] = Node("c", here, "Compute", "queue", "l")
    >>> without_legend(drawn)
    frozenset({'queue'})
    """
    legend = {g.key for g in drawing.groups.values() if _LEGEND.search(g.title)}
    return frozenset(
        n.shape
        for n in drawing.nodes.values()
        if n.group in legend and role_of(_text(n)) not in (*STORES, *MESSAGING)
    )


def contracted(drawing: Drawing, dropped: frozenset[str]) -> list[Edge]:
    """Return the edges with questions and addresses bridged: `a → {signed in?} → b` is `a → b`, and so is `a → VIP → b`."""
    questions = {
        k for k in dropped if drawing.nodes[k].shape == "rhombus" or is_address(_first(drawing.nodes[k]))
    }
    edges = [e for e in drawing.edges if not {e.source, e.target} & (dropped - questions)]
    for key in sorted(questions):
        into = [e for e in edges if e.target == key and e.source != key]
        out = [e for e in edges if e.source == key and e.target != key]
        edges = [e for e in edges if key not in (e.source, e.target)]
        if len(into) * len(out) <= 64:
            edges += [replace(b, source=a.source, label="") for a in into for b in out]
    return edges
