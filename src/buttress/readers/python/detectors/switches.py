"""Settings that switch a protection off which a library would give."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from buttress.readers.python.files import is_for_development
from buttress.readers.python.found import Ledger
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Assigned, Module
from buttress.readers.python.settings import is_settings_class, is_settings_module

# The setting, the packages that read it, and what they give while it is on.
_SWITCHES = (
    ("ratelimit_enabled", ("flask_limiter",), "rate_limit"),
    ("ratelimit_enable", ("django_ratelimit", "ratelimit"), "rate_limit"),
    ("axes_enabled", ("axes",), "login_rate_limit"),
    ("wtf_csrf_enabled", ("flask_wtf.CSRFProtect", "flask_wtf.csrf.CSRFProtect"), "csrf_protection"),
)
_LIMITERS = ("flask_limiter.Limiter", "slowapi.Limiter", "slowapi.extension.Limiter")
_HOLDS = re.compile(r"(?:Settings|Config(?:uration)?)$")
_NOT_IN_PRODUCTION = re.compile(r"Test|Dev|Local|Debug|CI(?=[A-Z]|$)")


def detect(project: Project, ledger: Ledger) -> None:
    """Deny what settings switch off for production; one place that may leave it on is enough to say nothing."""
    for name, packages, fact in _SWITCHES:
        if project.imported(*packages) is None or (
            fact == "csrf_protection" and any(project.ending("validate_csrf"))
        ):
            continue  # not used, or checked by the views themselves
        places = list(_assigned(project, name))
        if places and all(constant(a.value) is False for _, a in places):
            module, entry = places[0]
            ledger.say(fact, module.text.at(entry.line), denied=True)
    made = list(project.called(*_LIMITERS))
    if made and all(constant(c.keyword("enabled")) is False for c in made):
        ledger.say("rate_limit", made[0].evidence(), denied=True)


def _assigned(project: Project, name: str) -> Iterator[tuple[Module, Assigned]]:
    """Yield where settings that production may use give a name its value."""
    for module in project.modules:
        if is_for_development(module.path):
            continue
        for entry in module.assigned:
            key = entry.name.rpartition(".")[2].lower()
            if key == name and ("." in entry.name or is_settings_module(module)):
                yield module, entry
        for cls in module.classes:
            held = is_settings_module(module) or is_settings_class(cls) or _HOLDS.search(cls.name)
            if held and not _NOT_IN_PRODUCTION.search(cls.name):
                yield from ((module, f) for f in cls.fields if f.name.lower() == name)
        for call in module.calls:
            if call.name.endswith((".config.update", ".config.from_mapping")):
                for keyword in _given(call.node):
                    if (keyword.arg or "").lower() == name:
                        yield module, Assigned(keyword.arg or "", keyword.value, None, keyword.value.lineno)


def _given(node: ast.Call) -> list[ast.keyword]:
    """Return the settings that a call gives, as keywords or in a dictionary."""
    pairs = [
        (k, v) for a in node.args if isinstance(a, ast.Dict) for k, v in zip(a.keys, a.values, strict=True)
    ]
    return [
        *node.keywords,
        *(ast.keyword(str(constant(k)), v) for k, v in pairs if isinstance(constant(k), str)),
    ]
