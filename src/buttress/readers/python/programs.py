"""The programs of a project: its console scripts, subcommands of these, commands of click, Django and Typer, files that are started by themselves."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from buttress.model import Evidence
from buttress.readers.python.imports import edges_of
from buttress.readers.python.loops import goes_round, line_of_loop
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Function, Module
from buttress.workloads.processes import ends_of, role_of_command

MAX_SUBCOMMANDS = 40
_OF_DJANGO = re.compile(r"(?:^|/)management/commands/(?P<name>[a-z][\w-]*)\.py$")
_EXECUTES = re.compile(
    r"\bos\.(?:exec[lv]p?e?|spawn[lv]p?e?)\(|\bsubprocess\.(?:run|call|check_call|Popen)\("
)
_WORDS = re.compile(r"[\"']([\w.:@=/-]{1,80})[\"']")
# File names that say nothing: the folder does.
_NAMELESS = frozenset(
    "main __main__ app run start server cli manage wsgi asgi index service entrypoint".split()
)


@dataclass(frozen=True, slots=True)
class Program:
    """Something that can be started: what it is called, by which words, and what it calls first.

    `alone` says that its file does nothing else, so that whatever the file imports is loaded for it. `loop` is the line of a loop that
    stands outside of all functions.
    """

    name: str
    words: tuple[str, ...]
    module: Module
    calls: tuple[str, ...]
    evidence: Evidence
    alone: bool = True
    loop: int = 0


def programs_of(project: Project) -> Iterator[Program]:
    """Yield the programs of a project, those of one function once."""
    yield from _scripts(project)
    yield from _commands(project)
    yield from _files(project)
    yield from _of_django(project)


def hands_over_to(function: Function) -> str | None:
    """Return the role of the process whose place a function gives to a command that it writes out: `os.execvp("celery", ["celery", "beat"])`."""
    if not _EXECUTES.search(function.text):
        return None
    return role_of_command(" ".join(_WORDS.findall(function.text)[:MAX_SUBCOMMANDS]))


def _scripts(project: Project) -> Iterator[Program]:
    seen: set[str] = set()
    held = Counter(t.partition(":")[0] for t in set(project.packages.scripts.values()))
    for name, target in project.packages.scripts.items():
        module = project.by_name.get(target.partition(":")[0])
        if target in seen or module is None:
            continue
        seen.add(target)
        found = list(_subcommands(name, module, project))
        yield from found
        if not found:
            alone = held[target.partition(":")[0]] == 1
            here = _declared(project, name, module, target)
            yield Program(name, (name,), module, (target.replace(":", "."),), here, alone=alone)


def _declared(project: Project, name: str, module: Module, target: str) -> Evidence:
    """Return the line that declares a command, else that of its function."""
    for text in project.files.configuration:
        line = text.find(rf"^[ \t]*[\"']?{re.escape(name)}[\"']?\s*=.*{re.escape(target.partition(':')[0])}")
        line = line or text.find(rf"[\"']{re.escape(name)}\s*=\s*{re.escape(target.partition(':')[0])}")
        if line:
            return text.at(line, "config")
    function = project.functions.get(target.replace(":", "."))
    return module.text.at(function.line if function is not None else 1)


def _subcommands(script: str, module: Module, project: Project) -> Iterator[Program]:
    """Yield what the subcommands of argparse do, each by the branch that its name leads to or by the function that it sets."""
    names = _added(module) if "add_parser(" in module.text.source.text else {}
    first = dict(list(names.items())[:MAX_SUBCOMMANDS])
    taken = [_branches(f, first) for f in module.functions] if first else []
    for name, (line, handler) in first.items():
        calls = [c for of_one in taken for c in of_one.get(name, ())]
        if handler:
            calls.append(module.names.get(handler, f"{module.name}.{handler}"))
        if calls:
            words = (f"{script} {name}",)
            yield Program(
                _joined(project, name), words, module, tuple(calls), module.text.at(line), alone=False
            )


def _added(module: Module) -> dict[str, tuple[int, str]]:
    """Return the subcommands that a module adds, each with its line and the function that it sets as a default."""
    out: dict[str, tuple[int, str]] = {}
    last = ""
    for n, line in enumerate(module.text.lines, 1):
        if (found := re.search(r"\badd_parser\(\s*(?:[\"']([\w-]+)[\"'])?", line)) is not None:
            last = found[1] or _next_word(module.text.lines, n)
            if last:
                out.setdefault(last, (n, ""))
        elif last and (found := re.search(r"\bset_defaults\(\s*\w+\s*=\s*([\w.]+)\s*[,)]", line)) is not None:
            out[last] = (out[last][0], found[1])
    return out


def _next_word(lines: Sequence[str], at: int) -> str:
    found = re.match(r"\s*[\"']([\w-]+)[\"']", lines[at]) if at < len(lines) else None
    return found[1] if found is not None else ""


def _branches(function: Function, names: Collection[str]) -> dict[str, list[str]]:
    """Return what a function calls in the branches that it takes for subcommands: `elif args.command == "serve":`."""
    text = function.text
    tree = function.tree() if any(f'"{n}"' in text or f"'{n}'" in text for n in names) else None
    spans: dict[str, list[range]] = {}
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.If):
            asked, body = _compared(node.test), node.body
        elif isinstance(node, ast.match_case):
            asked, body = _patterns(node.pattern), node.body
        else:
            continue
        for name in asked & set(names):
            end = body[-1].end_lineno or body[-1].lineno
            spans.setdefault(str(name), []).append(range(body[0].lineno, end + 1))
    return {
        name: [c for c, line in function.called if any(line - function.line + 1 in span for span in taken)]
        for name, taken in spans.items()
    }


def _compared(test: ast.expr) -> set[object]:
    """Return the constants that a condition holds something equal to."""
    return {
        constant(side)
        for part in ast.walk(test)
        if isinstance(part, ast.Compare) and len(part.ops) == 1 and isinstance(part.ops[0], ast.Eq)
        for side in (part.left, part.comparators[0])
    }


def _patterns(pattern: ast.pattern) -> set[object]:
    return {constant(p.value) for p in ast.walk(pattern) if isinstance(p, ast.MatchValue)}


def _commands(project: Project) -> Iterator[Program]:
    """Yield the commands that decorators make of functions: of click, Typer and their like."""
    scripts = [n for n, t in project.packages.scripts.items() if _is_group(t, project)]
    for module in project.modules:
        for function in module.functions:
            if not function.is_made_command or function.owner is not None or function.parent is not None:
                continue
            decorator = next(d for n, d in function.decorators if n.endswith(".command"))
            given = (
                constant(decorator.args[0]) if isinstance(decorator, ast.Call) and decorator.args else None
            )
            name = given if isinstance(given, str) and given else function.name.replace("_", "-")
            words = tuple(f"{script} {name}" for script in scripts)
            evidence = module.text.at(function.line)
            yield Program(_joined(project, name), words, module, (function.path,), evidence, alone=False)


def _is_group(target: str, project: Project) -> bool:
    """Return whether a console script leads to a group of commands: a function that is made one, or an object of Typer."""
    function = project.functions.get(target.replace(":", "."))
    return function is None or any(n.endswith(".group") for n, _ in function.decorators)


def _files(project: Project) -> Iterator[Program]:
    """Yield the files that are started by themselves, and that nothing else of the project imports: `python -m shop.mails`."""
    started = [m for m in project.modules if m.has_main]
    if not started:
        return
    known = {t.partition(":")[0] for t in project.packages.scripts.values()}
    loaded = {e.target for e in edges_of(project)}
    for module in started:
        if module in loaded or module.name in known:
            continue
        parts = module.name.split(".")
        said = next((p for p in reversed(parts) if p not in _NAMELESS), "")
        if not said or said == parts[0] != parts[-1]:
            continue  # the project's own name says nothing of one of its programs
        lines = module.text.lines[module.main_lines.start - 1 : module.main_lines.stop - 1]
        calls = _called_in("\n".join(lines), module)
        loop = line_of_loop("\n".join(lines))
        at = module.main_lines.start + loop - 1 if loop else 0
        name = module.name.removesuffix(".__main__")
        words = (f"python -m {name}", *(f"python {path}" for path in ends_of(module.path)))
        yield Program(
            said.replace("_", "-"),
            words,
            module,
            tuple(calls),
            module.text.at(module.main_lines.start),
            loop=at,
        )


def _called_in(code: str, module: Module) -> Iterator[str]:
    """Yield the dotted names of what lines outside of functions call."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            root, _, rest = _dotted(node.func).partition(".")
            head, calls = root.removesuffix("()"), root.endswith("()")
            meant = module.variables.get(head) or module.names.get(head, "")
            if meant:
                yield f"{meant}{'()' if calls else ''}.{rest}".rstrip(".")


def _dotted(node: ast.expr) -> str:
    """Return an expression of names as it is written, calls as `()`, nothing for another."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = _dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    if isinstance(node, ast.Call):
        inner = _dotted(node.func)
        return f"{inner}()" if inner else ""
    return ""


def _of_django(project: Project) -> Iterator[Program]:
    """Yield the commands of a Django site: what `manage.py` starts."""
    for module in project.scripts:
        found = _OF_DJANGO.search(module.path)
        if found is not None:
            calls = tuple(dict.fromkeys(called for f in module.functions for called, _ in f.called))
            loop = max(map(goes_round, module.functions), default=0)
            words = (f"manage.py {found['name']}", *_handing_over_to(found["name"], project))
            line = loop or next((c.line for c in module.classes if c.name == "Command"), 1)
            yield Program(found["name"], words, module, calls, module.text.at(line), loop=loop)


def _handing_over_to(command: str, project: Project) -> Iterator[str]:
    """Yield the console scripts that only start a command of `manage.py`: `os.execvp("python", ["python", "-m", "shop.manage", "listen"])`."""
    for script, target in project.packages.scripts.items():
        function = project.functions.get(target.replace(":", "."))
        if function is not None and re.search(
            rf"manage(?:\.py)?[\"'],\s*[\"']{re.escape(command)}[\"']", function.text
        ):
            yield script


def _joined(project: Project, name: str) -> str:
    """Return what the part of a subcommand is called: the project's name and its own."""
    own = project.packages.name or next((m.name for m in project.modules if m.is_package), "")
    own = own.replace("_", "-")
    plain = name.replace("_", "-")
    return plain if not own or plain.startswith(own) else f"{own}-{plain}"
