"""Charts worked out: templates with values filled in, each line of the result with the lines that it was made from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from buttress.readers.helm.data import LOST, NIL, STAND_IN, UNKNOWN, Data, Place, Rich, Segment, yaml_of
from buttress.readers.helm.files import TAKEN, taken
from buttress.readers.helm.functions import FUNCTIONS
from buttress.readers.helm.syntax import Operand, Piece, Pipe, SyntaxProblem, parsed

_LINES = re.compile(r"[^\n]*\n|[^\n]+")
MAX_STEPS = 200_000
MAX_SEGMENTS = 60_000
MAX_CALLS = 30
_CLUSTER = (
    "apps/",
    "batch/",
    "networking.k8s.io/v1",
    "policy/v1",
    "autoscaling/v",
    "rbac.authorization.k8s.io/v1",
    "v1",
)


class TooMuch(Exception):
    """A chart that would take too long or grow too large."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what a template gives: where in the template it comes from, and the places of the values in it."""

    text: str
    path: str
    line: int
    places: tuple[Place, ...]


@dataclass(slots=True)
class Result:
    """What a template gives: its lines, and what of it can't be worked out, by line; `partial` when whole blocks are open."""

    lines: list[Line]
    open: dict[int, str]
    partial: bool


@dataclass(slots=True)
class _Scope:
    dot: Data
    variables: dict[str, Data]
    path: str

    def inner(self, dot: Data) -> _Scope:
        return _Scope(dot, dict(self.variables), self.path)


@dataclass(slots=True)
class Chart:
    """The templates of a chart by name, with the file that each stands in, and the steps that were taken so far."""

    named: Mapping[str, tuple[str, Sequence[Piece]]]
    steps: int = 0
    calls: int = 0
    open: dict[int, str] = field(default_factory=dict)
    partial: bool = False

    def render(self, path: str, pieces: Sequence[Piece], root: Data) -> Result:
        """Return what a template of the chart gives for a root value. Raises TooMuch when that is out of bounds."""
        self.open, self.partial, self.calls = {}, False, 0
        segments: list[Segment] = []
        self._walk(pieces, _Scope(root, {"$": root}, path), segments)
        return Result(_lined(segments), self.open, self.partial)

    # --- pieces

    def _walk(self, pieces: Sequence[Piece], scope: _Scope, out: list[Segment]) -> None:
        for piece in pieces:
            self._step()
            if piece.sort == "text":
                lines = _LINES.findall(piece.text)
                self._step(len(lines))
                for n, text in enumerate(lines):
                    out.append(Segment(text, scope.path, piece.line + n))
            elif piece.sort == "action":
                self._act(piece, scope, out)
            elif piece.sort == "template":
                dot = self._pipe(piece.pipe, scope) if piece.pipe is not None else NIL
                found = self._include(piece.text, dot, scope, piece.line)
                self._put(found, piece, scope, out)
            elif piece.sort in ("if", "with"):
                self._choose(piece, scope, out)
            else:
                self._loop(piece, scope, out)
            if len(out) > MAX_SEGMENTS:
                raise TooMuch

    def _act(self, piece: Piece, scope: _Scope, out: list[Segment]) -> None:
        assert piece.pipe is not None
        value = self._pipe(piece.pipe, scope, piece.line)
        if piece.pipe.names:
            scope.variables[piece.pipe.names[-1]] = value
            return
        self._put(value, piece, scope, out)

    def _put(self, value: Data, piece: Piece, scope: _Scope, out: list[Segment]) -> None:
        if isinstance(value.value, Rich):
            self._step(len(value.value.segments))
            out.extend(value.value.segments)
            return
        if value.value is UNKNOWN:
            self.open.setdefault(piece.line, "a value")
            before = "".join(s.text for s in out[-4:]).rpartition("\n")[2]
            if not before.strip() or _makes_block(piece.pipe):
                self.partial = True  # a block of its own, of which nobody knows what is in it
                return
        for text in _LINES.findall(value.text):
            out.append(Segment(text, scope.path, piece.line, value.places))

    def _choose(self, piece: Piece, scope: _Scope, out: list[Segment]) -> None:
        assert piece.pipe is not None
        value = self._pipe(piece.pipe, scope, piece.line)
        if value.value is UNKNOWN:
            self.open.setdefault(piece.line, "a condition")
            self.partial = True
            return
        inner = scope.inner(value if piece.sort == "with" else scope.dot)
        if piece.pipe.names:
            inner.variables[piece.pipe.names[-1]] = value
        body = piece.otherwise if value.empty else piece.body
        if piece.sort == "with" and value.empty:
            inner = scope.inner(scope.dot)
        self._walk(body, inner, out)
        _keep_changes(scope, inner, piece.pipe.names)

    def _loop(self, piece: Piece, scope: _Scope, out: list[Segment]) -> None:
        assert piece.pipe is not None
        value = self._pipe(piece.pipe, scope, piece.line)
        if value.value is UNKNOWN:
            self.open.setdefault(piece.line, "a loop")
            self.partial = True
            return
        items: list[tuple[Data, Data]] = []
        if isinstance(value.value, dict):
            items = [(Data(k, v.places), v) for k, v in sorted(value.value.items())]
        elif isinstance(value.value, list):
            items = [(Data(n), v) for n, v in enumerate(value.value)]
        elif isinstance(value.value, int) and not isinstance(value.value, bool):
            items = [(Data(n), Data(n)) for n in range(max(min(value.value, 1000), 0))]
        if not items:
            self._walk(piece.otherwise, scope.inner(scope.dot), out)
        for key, item in items:
            inner = scope.inner(item)
            if len(piece.pipe.names) == 2:
                inner.variables[piece.pipe.names[0]] = key
            if piece.pipe.names:
                inner.variables[piece.pipe.names[-1]] = item
            self._walk(piece.body, inner, out)
            _keep_changes(scope, inner, piece.pipe.names)

    # --- values

    def _step(self, cost: int = 1) -> None:
        self.steps += cost
        if self.steps > MAX_STEPS:
            raise TooMuch

    def _pipe(self, pipe: Pipe, scope: _Scope, line: int = 0) -> Data:
        value: Data | None = None
        for command in pipe.commands:
            self._step()
            value = self._command(command, scope, value, line)
        return value if value is not None else NIL

    def _command(self, command: tuple[Operand, ...], scope: _Scope, given: Data | None, line: int) -> Data:
        head = command[0]
        args = [self._operand(o, scope, line) for o in command[1:]]
        if given is not None:
            args.append(given)
        if head.sort == "call":
            return self._call(str(head.value), args, scope, line)
        last = head.fields[-1] if head.fields else ""
        if args and last == "Has":
            return Data(True) if args[0].text.startswith(_CLUSTER) else LOST
        if last in TAKEN and (args or last == "AsConfig"):
            holder = self._operand(replace(head, fields=head.fields[:-1]), scope, line)
            found = taken(last, holder, args[0].text if args else "")
            self._step(len(found.value.segments) if isinstance(found.value, Rich) else 1)
            return found
        return self._operand(head, scope, line)

    def _operand(self, operand: Operand, scope: _Scope, line: int) -> Data:
        self._step()
        if operand.sort == "literal":
            value = operand.value
            return Data(None if isinstance(value, Pipe) else value)
        if operand.sort == "call":
            return self._call(str(operand.value), [], scope, line)
        if operand.sort == "pipe":
            found = self._pipe(operand.value, scope, line) if isinstance(operand.value, Pipe) else NIL
        elif operand.sort == "var":
            found = scope.variables.get(str(operand.value), LOST)
        else:
            found = scope.dot
        for name in operand.fields:
            found = found.get(name)
        return found

    def _call(self, name: str, args: list[Data], scope: _Scope, line: int) -> Data:
        if name == "include" and args:
            return self._include(args[0].text, args[1] if len(args) > 1 else NIL, scope, line)
        if name in ("toYaml", "toYamlPretty", "mustToYaml") and args:
            return (
                LOST if args[0].value is UNKNOWN else Data(yaml_of(args[0], scope.path, line), args[0].places)
            )
        if name == "tpl" and len(args) > 1:
            return self._tpl(args[0], args[1], scope, line)
        if name == "set" and len(args) == 3 and isinstance(args[0].value, dict):
            args[0].value[args[1].text] = args[2]
            return args[0]
        self._step(sum(len(a.value) >> 9 for a in args if isinstance(a.value, str | list | dict)))
        function = FUNCTIONS.get(name)
        if function is None:
            return LOST
        try:
            return function(args)
        except (IndexError, TypeError, ValueError, RecursionError):
            return LOST

    def _include(self, name: str, dot: Data, scope: _Scope, line: int) -> Data:
        found = self.named.get(name)
        if found is None or self.calls >= MAX_CALLS:
            self.open.setdefault(line, f"the template {name[:60]!r}")
            self.partial = True
            return Data("")
        path, pieces = found
        self.calls += 1
        out: list[Segment] = []
        outer = self.open
        self.open = {}
        self._walk(pieces, _Scope(dot, {"$": dot}, path), out)
        if self.open:
            outer.setdefault(line, "a value")
        self.open = outer
        self.calls -= 1
        text = "".join(s.text for s in out)
        if "\n" not in text.strip():
            # a name or a label: what counts is where it is used, and the values in it
            return Data(text, tuple(dict.fromkeys(p for s in out for p in s.places))[:4])
        return Data(Rich(tuple(out)))

    def _tpl(self, text: Data, dot: Data, scope: _Scope, line: int) -> Data:
        if text.value is UNKNOWN:
            return LOST
        if "{{" not in text.text:
            return text
        if isinstance(text.value, Rich):
            return self._tpl_lines(text.value, dot, scope, line)
        return self._tpl_text(text.text, text.places, dot, scope, line)

    def _tpl_text(self, text: str, places: tuple[Place, ...], dot: Data, scope: _Scope, line: int) -> Data:
        self._step(len(text) >> 5)
        try:
            template = parsed(text)
        except SyntaxProblem:
            return LOST
        if self.calls >= MAX_CALLS:
            return LOST
        self.calls += 1
        out: list[Segment] = []
        self._walk(template.pieces, _Scope(dot, {"$": dot}, scope.path), out)
        self.calls -= 1
        return Data("".join(s.text for s in out), places)

    def _tpl_lines(self, rich: Rich, dot: Data, scope: _Scope, line: int) -> Data:
        """Work out the templates within YAML line by line, so that each keeps its place; blocks over lines are unknown."""
        out = []
        for segment in rich.segments:
            if "{{" not in segment.text:
                out.append(segment)
                continue
            done = self._tpl_text(segment.text.rstrip("\n"), segment.places, dot, scope, line)
            text = STAND_IN if done.value is UNKNOWN else done.text
            end = "\n" if segment.text.endswith("\n") else ""
            out.append(Segment(text + end, segment.path, segment.line, segment.places))
        return Data(Rich(tuple(out)))


def _keep_changes(outer: _Scope, inner: _Scope, own: Sequence[str]) -> None:
    """Carry over what a block has given to variables from outside (`$x = …`)."""
    for name in outer.variables:
        if name != "$" and name in inner.variables and name not in own:
            outer.variables[name] = inner.variables[name]


def _makes_block(pipe: Pipe | None) -> bool:
    """Return whether a pipeline gives lines of YAML, not a value within a line."""
    head = pipe.commands[-1][0] if pipe is not None else None
    return head is not None and head.sort == "call" and head.value in ("nindent", "indent", "toYaml")


def _lined(segments: Sequence[Segment]) -> list[Line]:
    """Return segments as lines: each is from where its first visible segment is from."""
    lines: list[Line] = []
    current: list[Segment] = []

    def close() -> None:
        shown = next((s for s in current if s.text.strip()), current[0])
        places = tuple(dict.fromkeys(p for s in current for p in s.places))
        text = "".join(s.text for s in current).rstrip("\n")
        lines.append(Line(text, shown.path, shown.line, places))
        current.clear()

    for segment in segments:
        if segment.text:
            current.append(segment)
            if segment.text.endswith("\n"):
                close()
    if current:
        close()
    return lines
