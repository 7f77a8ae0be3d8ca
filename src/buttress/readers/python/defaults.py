"""Which stores an installation goes without unless somebody asks for them: their address, or the switch before them, is off by default."""

from __future__ import annotations

import ast
import re

from buttress.model.kinds import MESSAGING, STORES
from buttress.readers.python.choices import Choices
from buttress.readers.python.found import Link
from buttress.readers.python.project import Project, constant
from buttress.vocabulary import load

_ADDRESS = r"(?:^|_){0}_(?:\w+_)?(?:ur[il]s?|dsn|hosts?|address(?:es)?|servers?|endpoints?)$"
_NO = frozenset(("", "0", "no", "off", "false", "none", "null"))
_READS = frozenset("getenv get env config bool str int getattr".split())


def is_off_by_default(link: Link, project: Project, choices: Choices) -> bool:
    """Return whether a store or broker has no address, or is behind a switch that is off, where nobody sets anything.

    An address that must come from outside (`os.environ["REDIS_URL"]`) isn't off: whoever starts the program gives it.
    """
    if link.target.kind not in STORES - {"relational_db"} | MESSAGING:
        return False
    if any(is_off(_value(name, project)) for name in choices.conditions(link.evidence)):
        return True
    if link.kind in ("publishes", "consumes"):
        return False
    known = load().technologies.get(link.target.technology or "")
    words = (
        "|".join(re.escape(w.lower().replace("-", "_")) for w in (known.id, *known.aliases)) if known else ""
    )
    address = re.compile(_ADDRESS.format(f"(?:{words})")) if words else None
    given = [name for name in project.settings if address is not None and address.search(name)]
    return bool(given) and all(is_off(_value(name, project)) for name in given)


def _value(name: str, project: Project) -> ast.expr | None:
    module_and_entry = project.settings.get(name)
    return module_and_entry[1].value if module_and_entry is not None else None


def is_off(node: ast.expr | None) -> bool:
    """Return whether an expression says no where the environment says nothing; None is no expression.

    >>> [is_off(ast.parse(x, mode="eval").body) for x in ("None", "os.getenv('A', '')", "env('A', 'no') == 'yes'", "os.getenv('A')", "6379")]
    [True, True, True, False, False]
    """
    if isinstance(node, ast.Constant):
        return node.value is None or str(node.value).lower() in _NO
    if isinstance(node, ast.Compare):
        return is_off(node.left) and all(isinstance(op, ast.Eq | ast.In) for op in node.ops)
    if not isinstance(node, ast.Call):
        return False
    last = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    default = next((k.value for k in node.keywords if k.arg in ("default", "fallback")), None)
    if default is None and last == "Field":
        default = next(iter(node.args), None)
    elif default is None and len(node.args) > 1:
        default = node.args[1] if last in _READS or constant(node.args[0]) is not None else None
    elif default is None and len(node.args) == 1 and constant(node.args[0]) is None:
        default = node.args[0]  # bool(os.getenv("A", ""))
    elif default is None and not node.args and isinstance(node.func, ast.Attribute):
        default = node.func.value  # os.getenv("A", "no").lower()
    return is_off(default)
