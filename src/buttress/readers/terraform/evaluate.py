"""Works out expressions: what is literal becomes a value, what a deployment decides stays unknown and keeps its references."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from buttress.cloud.values import HOLE, UNKNOWN, Data, Place, Ref, Value
from buttress.model import Source
from buttress.readers.terraform.embedded import from_json
from buttress.readers.terraform.functions import call
from buttress.readers.terraform.syntax import Expression

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_DEPTH = 90  # of expressions in expressions, through variables, outputs and modules
MAX_STEPS = 400_000
MAX_STEPS_OF_ONE = 20_000


class Scope(Protocol):
    """Where names mean something: a module with its variables, locals, resources and calls."""

    def resolve(self, steps: list[Step], here: Place) -> Value:
        """Return what a path of names and keys means; UNKNOWN when it means nothing known."""
        ...


_WRAPPING = frozenset(
    ("expression", "literal_value", "collection_value", "template_expr", "operation", "for_expr")
)
Step = str | Value  # a name behind a dot, or the key in brackets
Names = dict[str, Value]


class Budget:
    """How many steps are left for all expressions of one reading, and how deep the present one stands in others."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        """Start with some steps."""
        self.left, self.depth, self.enough = steps, 0, 0

    def spend(self) -> bool:
        """Take a step; return whether there was one left for the expression as for all, and it isn't too deep."""
        if self.depth == 0:
            self.enough = max(0, self.left - MAX_STEPS_OF_ONE)
        self.left -= 1
        return self.left > self.enough and self.depth < MAX_DEPTH


class Evaluator:
    """Works out the expressions of one module; `names` are what loops have named."""

    def __init__(self, scope: Scope, budget: Budget) -> None:
        """Work within a scope, on a budget."""
        self.scope, self.budget = scope, budget

    def value(self, expression: Expression, names: Names | None = None) -> Value:
        """Return the value of an expression, with the line on which it begins."""
        return self._node(expression.node, expression.source, names or {})

    def _node(self, node: Node, source: Source, names: Names) -> Value:
        here = Place(source, source.first_line + node.start_point[0])
        if not self.budget.spend():
            return Value(UNKNOWN, (here,), (), HOLE)
        self.budget.depth += 1
        found = self._made(node, source, names, here)
        self.budget.depth -= 1
        if not found.places:
            found.places = (here,)
        return found

    def _made(self, node: Node, source: Source, names: Names, here: Place) -> Value:
        kind, children = node.type, _children(node)
        while kind in _WRAPPING and children:
            if kind == "expression" and (len(children) > 1 or children[0].type == "variable_expr"):
                return self._traversal(children, source, names, here)
            node = children[0]
            kind, children = node.type, _children(node)
        if kind == "string_lit":
            return Value(
                _unescaped("".join(_text(c) for c in children if c.type == "template_literal")), (here,)
            )
        if kind == "numeric_lit":
            return Value(_number(_text(node)), (here,))
        if kind == "bool_lit":
            return Value(_text(node) == "true", (here,))
        if kind == "null_lit":
            return Value(None, (here,))
        if kind in ("quoted_template", "heredoc_template"):
            return self._template(node, source, names, here)
        if kind == "tuple":
            return Value([self._node(c, source, names) for c in children if c.type == "expression"], (here,))
        if kind == "object":
            return self._object(children, source, names, here)
        if kind == "conditional":
            return self._conditional(children, source, names, here)
        if kind == "function_call":
            return self._call(children, source, names, here)
        if kind in ("unary_operation", "binary_operation"):
            return self._operation(node, source, names, here)
        if kind in ("for_tuple_expr", "for_object_expr"):
            return self._for(node, source, names, here)
        if kind == "variable_expr":
            return self._traversal([node], source, names, here)
        if len(children) == 1:
            return self._node(children[0], source, names)
        return self._unknown(children, source, names, here)

    def _unknown(self, children: list[Node], source: Source, names: Names, here: Place) -> Value:
        parts = [self._node(c, source, names) for c in children if c.type == "expression"]
        return Value(UNKNOWN, (here,), _refs(parts), HOLE)

    def _traversal(self, children: list[Node], source: Source, names: Names, here: Place) -> Value:
        first = children[0]
        steps: list[Step] = []
        for child in children[1:]:
            if child.type == "get_attr":
                steps.append(_text(child).lstrip(". \n"))
            elif child.type == "index":
                inner = child.named_children[0] if child.named_children else child
                keys = [c for c in inner.named_children if c.type == "expression"]
                steps.append(
                    self._node(keys[0], source, names) if keys else Value(_number(_text(inner).lstrip(".")))
                )
            elif child.type == "splat":
                steps.append(Value("*"))
                inner = child.named_children[0] if child.named_children else child
                steps += [_text(c).lstrip(". \n") for c in inner.named_children if c.type == "get_attr"]
        if first.type == "variable_expr":
            name = _text(first)
            if name in names:
                return self._within(names[name], steps, here)
            return self._used(self.scope.resolve([name, *steps], here), here)
        return self._within(self._node(first, source, names), steps, here)

    def _used(self, value: Value, here: Place) -> Value:
        """Return a value as it is used here: the line of its use comes first."""
        if value.places[:1] == (here,):
            return value
        places = (here, *(p for p in value.places if p != here))[:3]
        return Value(value.data, places, value.refs, value.text, value.size)

    def _within(self, value: Value, steps: list[Step], here: Place) -> Value:
        return self._used(descend(value, steps, here), here)

    def _template(self, node: Node, source: Source, names: Names, here: Place) -> Value:
        parts: list[Value] = []
        heredoc = node.type == "heredoc_template"
        for child in node.named_children:
            if child.type == "template_literal":
                text = _text(child)
                parts.append(Value(text if heredoc else _unescaped(text), ()))
            elif child.type == "template_interpolation":
                inner = [c for c in child.named_children if c.type == "expression"]
                parts += [self._node(c, source, names) for c in inner]
            elif child.type == "template_directive":
                parts.append(Value(UNKNOWN, (), (), HOLE))
        if len(parts) == 1 and not heredoc and parts[0].places:
            return parts[0]
        refs = _refs(parts)
        structured = from_json(here, parts) if heredoc else None
        if structured is not None:
            return structured
        text = "".join(p.words() if p.known else p.text or HOLE for p in parts)[:100_000]
        if all(p.known and not isinstance(p.data, list | dict) for p in parts):
            return Value(text, (here,), refs)
        return Value(UNKNOWN, (here,), refs, text)

    def _object(self, children: list[Node], source: Source, names: Names, here: Place) -> Value:
        out: dict[str, Value] = {}
        for element in children:
            pair = [c for c in element.named_children if c.type == "expression"]
            if element.type != "object_elem" or len(pair) != 2:
                continue
            value = self._node(pair[1], source, names)
            line = Place(source, source.first_line + element.start_point[0])
            if value.places[:1] != (line,):
                value = Value(value.data, (line, *value.places)[:3], value.refs, value.text, value.size)
            out[self._key(pair[0], source, names)] = value
        return Value(out, (here,))

    def _key(self, node: Node, source: Source, names: Names) -> str:
        inner = node.named_children
        if len(inner) == 1 and inner[0].type == "variable_expr":
            return _text(inner[0])
        return self._node(node, source, names).words() or _text(node)[:200]

    def _conditional(self, children: list[Node], source: Source, names: Names, here: Place) -> Value:
        if len(children) != 3:
            return self._unknown(children, source, names, here)
        test = self._node(children[0], source, names)
        if isinstance(test.data, bool):
            chosen = self._node(children[1 if test.data else 2], source, names)
            return Value(
                chosen.data, (*chosen.places, *test.places)[:3], chosen.refs, chosen.text, chosen.size
            )
        both = [self._node(c, source, names) for c in children[1:]]
        if both[0].data == both[1].data and both[0].known and not isinstance(both[0].data, list | dict):
            return both[0]
        return Value(UNKNOWN, (here,), _refs(both), HOLE)

    def _call(self, children: list[Node], source: Source, names: Names, here: Place) -> Value:
        name = _text(children[0]) if children else ""
        inner = children[1].named_children if len(children) > 1 else []
        arguments = [self._node(c, source, names) for c in inner if c.type == "expression"]
        spread = any(c.type == "ellipsis" for c in inner)
        if spread and arguments and isinstance(arguments[-1].data, list):
            arguments = [*arguments[:-1], *arguments[-1].data]
        found = call(name, arguments)
        return Value(
            found.data,
            (here, *found.places)[:3] if found.places else (here,),
            found.refs,
            found.text,
            found.size,
        )

    def _operation(self, node: Node, source: Source, names: Names, here: Place) -> Value:
        operator = next((_text(c) for c in node.children if not c.is_named), "")
        parts = [self._operand(group, source, names, here) for group in _operands(node)]
        data = _operate(operator, parts)
        places = tuple(dict.fromkeys((here, *(p for v in parts for p in v.places))))[:3]
        return Value(data, places, _refs(parts) if data is UNKNOWN else (), HOLE if data is UNKNOWN else "")

    def _operand(self, group: list[Node], source: Source, names: Names, here: Place) -> Value:
        if group[0].type == "variable_expr" or len(group) > 1:
            return self._traversal(group, source, names, here)
        return self._node(group[0], source, names)

    def _for(self, node: Node, source: Source, names: Names, here: Place) -> Value:
        intro = next((c for c in node.named_children if c.type == "for_intro"), None)
        body = [c for c in node.named_children if c.type == "expression"]
        test = next((c for c in node.named_children if c.type == "for_cond"), None)
        if intro is None or not body:
            return self._unknown(node.named_children, source, names, here)
        variables = [_text(c) for c in intro.named_children if c.type == "identifier"]
        over = [self._node(c, source, names) for c in intro.named_children if c.type == "expression"]
        items = entries(over[0]) if over else None
        if items is None:
            inner = {**names, **{v: Value(UNKNOWN, (here,), _refs(over), HOLE) for v in variables}}
            parts = [self._node(c, source, inner) for c in body]
            return Value(UNKNOWN, (here,), _refs([*over, *parts]), HOLE)
        rows: list[tuple[str, Value]] = []
        for key, item in items:
            inner = {**names, variables[-1]: item}
            if len(variables) > 1:
                inner[variables[0]] = key
            if test is not None:
                condition = [
                    self._node(c, source, inner) for c in test.named_children if c.type == "expression"
                ]
                if condition and condition[0].data is False:
                    continue
            if node.type == "for_object_expr" and len(body) > 1:
                rows.append(
                    (
                        self._node(body[0], source, inner).words(),
                        self._node(body[1], source, inner),
                    )
                )
            else:
                rows.append(("", self._node(body[0], source, inner)))
            if self.budget.left <= self.budget.enough:
                break
        if node.type == "for_object_expr":
            return Value(dict(rows), (here,))
        return Value([v for _, v in rows], (here,))


def entries(value: Value) -> list[tuple[Value, Value]] | None:
    """Return the keys and elements of a list or mapping; None when it isn't known.

    >>> [(k.data, v.data) for k, v in entries(Value([Value("a")]))]
    [(0, 'a')]
    """
    if isinstance(value.data, list):
        return [(Value(n, v.places), v) for n, v in enumerate(value.data)]
    if isinstance(value.data, dict):
        return [(Value(k, v.places), v) for k, v in value.data.items()]
    return None


def descend(value: Value, steps: list[Step], here: Place) -> Value:
    """Return what stands under some steps of a value; UNKNOWN, with its references, when that isn't known."""
    for n, step in enumerate(steps):
        data = value.data
        if isinstance(step, Value) and step.data == "*":
            if not isinstance(data, list):
                data = [] if data is None else [value]
            return Value([descend(v, steps[n + 1 :], here) for v in data[:2000]], (here,))
        key = step.data if isinstance(step, Value) else step
        found: Value | None = None
        if isinstance(data, dict) and isinstance(key, str | int):
            found = data.get(str(key))
        elif (
            isinstance(data, list)
            and isinstance(key, int | str)
            and not isinstance(key, bool)
            and str(key).isdigit()
        ):
            found = data[int(key)] if int(key) < len(data) else None
        if found is None:
            if value.refs and not value.known:
                tail = ".".join(s for s in steps[n:] if isinstance(s, str))
                refs = tuple(Ref(r.address, r.attribute or tail) for r in value.refs)
                return Value(UNKNOWN, (here, *value.places)[:3], refs, HOLE)
            return Value(
                UNKNOWN,
                (here,),
                tuple(r for r, _ in value.all_refs())[:20] if isinstance(step, Value) else (),
                HOLE,
            )
        value = found
    return value


def _children(node: Node) -> list[Node]:
    return [c for c in node.named_children if c.type != "comment"]


def _operands(node: Node) -> list[list[Node]]:
    """Return the operands of an operation; a path of names is several nodes, which the grammar doesn't put into one."""
    groups: list[list[Node]] = [[]]
    for child in node.children:
        if not child.is_named:
            groups.append([])
        elif child.type != "comment":
            groups[-1].append(child)
    return [g for g in groups if g]


def _refs(parts: list[Value]) -> tuple[Ref, ...]:
    return tuple(dict.fromkeys(r for p in parts for r, _ in p.all_refs()))[:50]


def _operate(operator: str, parts: list[Value]) -> Data:
    values = [p.data for p in parts]
    if operator == "!" and isinstance(values[0], bool):
        return not values[0]
    if operator == "-" and len(values) == 1 and isinstance(values[0], int | float):
        return -values[0]
    if len(values) != 2:
        return UNKNOWN
    a, b = values
    if operator == "&&":
        return False if a is False or b is False else True if a is True and b is True else UNKNOWN
    if operator == "||":
        return True if a is True or b is True else False if a is False and b is False else UNKNOWN
    if a is UNKNOWN or b is UNKNOWN or isinstance(a, list | dict) or isinstance(b, list | dict):
        return UNKNOWN
    if operator in ("==", "!="):
        return (a == b) is (operator == "==")
    if isinstance(a, int | float) and isinstance(b, int | float):
        if operator in ("<", "<=", ">", ">="):
            return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator]
        if abs(a) > 1e15 or abs(b) > 1e15 or (operator in "/%" and b == 0):
            return UNKNOWN
        if operator in ("+", "-", "*", "/", "%"):
            made = {"+": a + b, "-": a - b, "*": a * b, "/": a / (b or 1), "%": a % (b or 1)}[operator]
            return int(made) if made == int(made) else made
    return UNKNOWN


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _number(text: str) -> Data:
    try:
        return int(text) if len(text) < 20 else float(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return UNKNOWN


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text.replace("$${", "${") if "$${" in text else text
    for written, meant in (("\\n", "\n"), ("\\t", "\t"), ('\\"', '"'), ("\\\\", "\\")):
        text = text.replace(written, meant)
    return text
