"""Passwords that are compared as they are typed with what a store holds: whoever reads the table has them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from buttress.readers.python.found import Ledger
from buttress.readers.python.project import Project
from buttress.readers.python.records import Function

_PASSWORD = re.compile(r"(?:^|_)(?:password|passwd|pwd)$", re.IGNORECASE)
# What makes of a password something else, or looks at it by a function that does.
_HASHED = re.compile(r"hash|digest|crypt|hmac|pbkdf|argon|verify|check_pass|checkpw|encode", re.IGNORECASE)
_STORED = re.compile(
    r"execute\(|\.query\b|select\(|fetchone|find_one|\.objects\.|\.filter|\.scalars?\b|get_user\w*\(|\.where\("
)
_REPEATED = re.compile(r"confirm|repeat|again|retype|verif", re.IGNORECASE)
_SETTING = re.compile(r"settings|config|environ|getenv|args\.|self\._|[A-Z]{4,}")


def detect(project: Project, ledger: Ledger) -> None:
    """Tell where a password is compared with a stored one that nothing has hashed."""
    for module in project.modules:
        for function in module.functions:
            for line in _compared(function):
                ledger.say("password_hashing", module.text.at(line), "none", role=ledger.role_of(function))


def _compared(function: Function) -> Iterator[int]:
    """Yield the lines that compare two passwords in a function that takes one of them out of a store."""
    text = function.text
    if "assw" not in text or not _STORED.search(text) or _HASHED.search(text):
        return
    tree = function.tree()
    for node in ast.walk(tree) if tree is not None else ():
        if (
            isinstance(node, ast.Compare)
            and len(node.ops) == 1
            and isinstance(node.ops[0], ast.Eq | ast.NotEq)
        ):
            sides = (node.left, node.comparators[0])
            written = [ast.unparse(s) for s in sides]
            other = any(_SETTING.search(w) or _REPEATED.search(w) for w in written)
            if all(map(_is_password, sides)) and not other:
                apart = any(isinstance(s, ast.Attribute | ast.Subscript) for s in sides)
                if apart and written[0] != written[1]:
                    yield function.line + node.lineno - 1


def _is_password(node: ast.expr) -> bool:
    """Return whether an expression is a variable, attribute or entry that is called a password."""
    if isinstance(node, ast.Subscript):
        name = node.slice.value if isinstance(node.slice, ast.Constant) else ""
    else:
        name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return isinstance(name, str) and _PASSWORD.search(name) is not None
