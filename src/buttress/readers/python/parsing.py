"""From a file's text to its record, with limits; what can't be parsed is told."""

from __future__ import annotations

import ast
import re
import warnings

from buttress.model import Diagnostic
from buttress.readers.python.records import Module
from buttress.readers.python.texts import Text
from buttress.readers.python.walk import walk

MAX_MODULE_BYTES = 1_000_000
MAX_CODE_BYTES = 40_000_000
_CODE = re.compile(r"^[ \t]*[^\s#]", re.MULTILINE)


def parse(text: Text, name: str, own: frozenset[str]) -> tuple[Module | None, Diagnostic | None]:
    """Return what a module holds, and what was wrong with it; a module that is nested too deeply is read in part.

    Nothing is executed and no tree is kept. Takes about 3 s for 100,000 lines.
    """
    code = text.source.text.replace("\r", " ")
    if len(code) > MAX_MODULE_BYTES:
        reason = f"{len(code) / 1e6:.1f} MB of code in one file is over the limit of 1 MB; split it or leave it out"
        return None, text.note(1, reason)
    module = Module(text, name, text.path.endswith("__init__.py"), len(_CODE.findall(code)))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code)
        walk(module, tree, own)
    except SyntaxError as error:
        if re.search(r"^[ \t]*print\s+[\"'\w]|^[ \t]*except \w+, \w+:", code, re.MULTILINE):
            reason = "Python 2, which no supported interpreter runs; not read"
        else:
            reason = f"not valid Python: {error.msg}; correct it, or leave the file out"
        return None, text.note(error.lineno or 1, reason)
    except ValueError:
        return None, text.note(1, "not valid Python: null bytes or broken characters; save it as UTF-8")
    except (RecursionError, MemoryError):
        reason = "expressions nested too deeply; the rest of this file was not read, write them out flatter"
        return (module if module.imports or module.functions else None), text.note(1, reason)
    return module, None
