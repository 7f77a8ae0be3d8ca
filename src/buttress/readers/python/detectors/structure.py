"""How the code is laid out: packages, layers, cycles, sizes, types, tests, configuration."""

from __future__ import annotations

import ast
import re
from collections import defaultdict

from buttress.readers.python import imports
from buttress.readers.python.files import is_for_development
from buttress.readers.python.found import Ledger
from buttress.readers.python.guards import GUARD
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Function, Module
from buttress.readers.python.settings import is_settings_class, is_settings_module

LONG_MODULE = 1000
LONG_FUNCTION = 120
MIN_COPY = 8
_CATCH_ALL = re.compile(r"(?:^|\.)(?:utils?|helpers?|common|misc|shared|tools|lib)$")
_SETTINGS = (
    ("pydantic_settings", "pydantic-settings"),
    ("environ", "django-environ"),
    ("decouple", "python-decouple"),
    ("dynaconf", "Dynaconf"),
    ("environs", "environs"),
    ("dotenv", "python-dotenv"),
    ("starlette.config", "Starlette Config"),
)
_INJECTION = (
    ("dependency_injector", "dependency-injector"),
    ("punq", "punq"),
    ("lagom", "Lagom"),
    ("injector", "injector"),
    ("dishka", "dishka"),
    ("that_depends", "that-depends"),
)
_SERIALIZERS = (
    ("pydantic", "Pydantic"),
    ("marshmallow", "marshmallow"),
    ("rest_framework.serializers", "DRF serializers"),
    ("attrs", "attrs"),
    ("msgspec", "msgspec"),
    ("schematics", "schematics"),
)
_HOST = re.compile(
    r"^https?://(?!localhost|127\.|0\.0\.0\.0|(?:www\.)?example\.|schemas?\.|www\.w3\.org)[\w.-]+\.(?:internal|local|corp|lan|svc)\b|^https?://(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d"
)


def detect(project: Project, ledger: Ledger) -> None:
    """Tell how the project's code is organised."""
    _sizes(project, ledger)
    _graph(project, ledger)
    _layout(project, ledger)
    _types(project, ledger)
    _tests(project, ledger)
    _configuration(project, ledger)
    _patterns(project, ledger)
    _copies(project, ledger)


def _sizes(project: Project, ledger: Ledger) -> None:
    modules = [m for m in project.modules if m.code_lines]
    if not modules:
        return
    longest = max(modules, key=lambda m: m.code_lines)
    total = sum(m.code_lines for m in modules)
    first = longest.text.at(longest.text.find(r"^[ \t]*[^\s#]") or 1)
    ledger.say("code_lines", first, total)
    ledger.say("modules", first, len(modules))
    for module in sorted(modules, key=lambda m: -m.code_lines):
        here = module.text.at(module.text.find(r"^[ \t]*[^\s#]") or 1)
        if module.code_lines > LONG_MODULE:
            ledger.count("long_modules", here)
        if _CATCH_ALL.search(module.name) and module.code_lines > 150:
            ledger.count("catch_all_modules", here)
        if module.is_package and module.code_lines > 150 and len(module.functions) + len(module.classes) > 5:
            ledger.count("logic_in_init", here)
    functions = [f for m in modules for f in m.functions if f.lines > LONG_FUNCTION]
    for function in sorted(functions, key=lambda f: -f.lines):
        ledger.count("long_functions", function.module.text.at(function.line))
    for module in modules:
        for spot in module.spots:
            if spot.sort == "star_import" and not is_settings_module(module):
                ledger.count("star_imports", module.text.at(spot.line))


def _graph(project: Project, ledger: Ledger) -> None:
    edges = imports.edges_of(project)
    for cycle in imports.cycles(project, edges):
        ledger.count("import_cycles", cycle[0].source.text.at(cycle[0].line))
        for edge in cycle[1:3]:
            ledger.count("import_cycles", edge.source.text.at(edge.line), by=0)
    for edge in imports.against_layers(edges):
        ledger.count("imports_against_layers", edge.source.text.at(edge.line))
    for edge in edges:
        if not edge.at_start:
            ledger.count("imports_in_functions", edge.source.text.at(edge.line))
    for module, line, _root in imports.frameworks_in_domain(project):
        ledger.count("frameworks_in_domain", module.text.at(line))
    domain = next((m for m in project.modules if imports.is_domain(m) and m.code_lines), None)
    if domain is not None:
        ledger.say("domain_package", domain.text.at(domain.text.find(r"^[ \t]*[^\s#]") or 1))
    found: dict[str, Module] = {}
    for module in project.modules:
        number = imports.layer_of(module.name)
        if number is not None and module.code_lines:
            found.setdefault(imports.LAYERS[number][0], module)
    if len(found) > 1:
        names = tuple(n for n, _ in imports.LAYERS if n in found)
        for name in names:
            ledger.say("layers", found[name].text.at(found[name].text.find(r"^[ \t]*[^\s#]") or 1), names)


def _layout(project: Project, ledger: Ledger) -> None:
    packages = [m for m in project.modules if m.is_package and "." not in m.name]
    if not packages or project.packages.name_at is None:
        return
    here = project.packages.name_at[0].at(project.packages.name_at[1], "config")
    root = project.files.source_root
    ledger.say("src_layout", here, denied=not root.endswith("src"))


def _types(project: Project, ledger: Ledger) -> None:
    tools = project.packages.tools
    for name in ("mypy", "pyright", "basedpyright"):
        if name in tools:
            text, line = tools[name]
            strict = re.search(
                r"^[ \t]*strict\s*=\s*(?:true|True)|typeCheckingMode[\"']?\s*[=:]\s*[\"']strict",
                text.source.text,
                re.MULTILINE,
            )
            ledger.say("type_checking", text.at(line, "config"), f"{name}, strict" if strict else name)
    for name in ("ruff", "flake8", "pylint"):
        if name in tools:
            ledger.say("linting", tools[name][0].at(tools[name][1], "config"), name)
    if "importlinter" in tools:
        ledger.say("layers_checked", tools["importlinter"][0].at(tools["importlinter"][1], "config"))
    if "pre-commit" in tools:
        ledger.say(
            "pre_commit",
            tools["pre-commit"][0].at(tools["pre-commit"][0].find(r"^[ \t]*[^\s#]") or 1, "config"),
        )
    for name in ("mypy", "pyright", "pytype", "pyre-check", "ty"):
        if (declared := project.packages.any(name)) is not None:
            ledger.say("type_checking", declared.text.at(declared.line, "config"), name)
    for name in ("bandit", "safety", "pip-audit"):
        if (declared := project.packages.any(name)) is not None:
            ledger.say("dependency_scanning", declared.text.at(declared.line, "config"), name)
    functions = [f for m in project.modules for f in m.functions if f.parent is None]
    if len(functions) >= 20:
        share = round(sum(f.annotated for f in functions) / len(functions), 2)
        sample = next((f for f in functions if f.annotated == (share >= 0.5)), functions[0])
        ledger.say("typed_functions", sample.module.text.at(sample.line), share)


def _tests(project: Project, ledger: Ledger) -> None:
    found = [(t, t.find(r"^[ \t]*(?:async )?def test_")) for t in project.files.tests]
    holding = [(t, n) for t, n in found if n]
    packages = project.packages
    if holding:
        text, line = max(holding, key=lambda p: p[0].source.text.count("def test_"))
        count = sum(
            len(re.findall(r"^[ \t]*(?:async )?def test_", t.source.text, re.MULTILINE)) for t, _ in holding
        )
        ledger.say("tests", text.at(line), count)
        fixtures = next(
            (t for t, _ in found if t.source.name == "conftest.py" and "fixture" in t.source.text), None
        )
        if fixtures is not None:
            ledger.say("test_fixtures", fixtures.at(fixtures.find(r"fixture")))
    if "pytest" in packages.tools:
        text, line = packages.tools["pytest"]
        ledger.say("test_framework", text.at(line, "config"), "pytest")
    elif (declared := packages.any("pytest")) is not None:
        ledger.say("test_framework", declared.text.at(declared.line, "config"), "pytest")
    for text in project.files.configuration:
        threshold = (
            text.find(r"^[ \t]*fail_under\s*=|--cov-fail-under[= ]\d")
            if text.source.name.lower()
            in ("pyproject.toml", "setup.cfg", ".coveragerc", "tox.ini", "pytest.ini")
            else 0
        )
        number = (
            re.search(r"(?:fail_under\s*=\s*|--cov-fail-under[= ])(\d+)", text.lines[threshold - 1])
            if threshold
            else None
        )
        if number is not None:
            ledger.say("coverage_threshold", text.at(threshold, "config"), int(number[1]))


def _configuration(project: Project, ledger: Ledger) -> None:
    for root, label in _SETTINGS:
        if (place := project.imported(root)) is not None:
            ledger.say("settings_library", place[0].text.at(place[1]), label)
    classes = [
        c
        for m in project.modules
        for c in m.classes
        if is_settings_class(c) and any(b.endswith("BaseSettings") for b in c.bases)
    ]
    if classes:
        ledger.say("settings_library", classes[0].module.text.at(classes[0].line), "pydantic-settings")
    read: dict[Module, int] = {}
    for call in project.called("os.getenv", "os.environ.get"):
        name = constant(call.argument(0, "key"))
        ledger.count("environment_variables", call.evidence())
        if isinstance(name, str) and not is_settings_module(call.module):
            read.setdefault(call.module, call.line)
    for module in project.modules:
        for _, line in module.environment:
            ledger.count("environment_variables", module.text.at(line))
            if not is_settings_module(module):
                read.setdefault(module, line)
    for module, line in read.items():
        if not re.search(
            r"(?:^|\.)(?:asgi|wsgi|manage|celery|__main__|env|environment|constants|config\w*|settings\w*)(?:\.|$)",
            module.name,
        ):
            ledger.count("environment_outside_settings", module.text.at(line))
    for module in project.modules:
        if is_settings_module(module) or is_for_development(module.path):
            continue
        for entry in module.assigned:
            value = constant(entry.value)
            if isinstance(value, str) and _HOST.search(value):
                ledger.count("hardcoded_addresses", module.text.at(entry.line))


def _patterns(project: Project, ledger: Ledger) -> None:
    depends = next(
        (
            c
            for c in project.calls
            if c.name in ("fastapi.Depends", "fastapi.param_functions.Depends", "litestar.di.Provide")
            and not (c.node.args and GUARD.search(ast.unparse(c.node.args[0])))  # a check of the caller
        ),
        None,
    )
    for root, label in _INJECTION:
        if (place := project.imported(root)) is not None:
            ledger.say("dependency_injection", place[0].text.at(place[1]), label)
    if depends is not None:
        ledger.say("dependency_injection", depends.evidence(), "FastAPI Depends")
    used: dict[str, tuple[Module, int]] = {}
    for root, label in _SERIALIZERS:
        if (place := project.imported(root)) is not None:
            used[label] = place
    if used:
        for _label, place in used.items():
            ledger.say("serialization_libraries", place[0].text.at(place[1]), tuple(used))
    if (place := project.imported("eventsourcing")) is not None:
        ledger.say("event_sourcing", place[0].text.at(place[1]))
    handlers = {
        kind: next((c for m in project.modules for c in m.classes if c.name.endswith(kind)), None)
        for kind in ("CommandHandler", "QueryHandler")
    }
    if all(handlers.values()):
        for cls in handlers.values():
            if cls is not None:
                ledger.say("cqrs", cls.module.text.at(cls.line))


def _copies(project: Project, ledger: Ledger) -> None:
    """Count functions whose body stands word for word in another module too."""
    bodies: dict[tuple[str, str], list[Function]] = defaultdict(list)
    for module in project.modules:
        lines = module.text.lines
        for function in module.functions:
            if function.lines < MIN_COPY or function.parent is not None:
                continue
            body = "\n".join(
                s
                for line in lines[function.line : function.line + function.lines - 1]
                if (s := line.strip()) and not s.startswith("#")
            )
            if body.count("\n") >= MIN_COPY - 2:
                bodies[(function.name, body)].append(function)
    for group in bodies.values():
        if len({f.module.path for f in group}) > 1:
            for function in sorted(group, key=lambda f: f.module.path)[1:]:
                ledger.count("copied_functions", function.module.text.at(function.line))
