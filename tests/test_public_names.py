"""`import buttress` offers few names, all of them there, and costs next to nothing."""

from __future__ import annotations

import subprocess
import sys

import buttress


def test_the_public_names_are_sorted_few_and_all_there() -> None:
    assert buttress.__all__ == sorted(set(buttress.__all__))
    assert 2 <= len(buttress.__all__) <= 12
    assert all(getattr(buttress, name).__module__.startswith("buttress.") for name in buttress.__all__)


def test_every_public_name_has_a_home_and_every_home_is_public() -> None:
    assert set(buttress._HOMES) == set(buttress.__all__)
    assert set(buttress.__all__) <= set(dir(buttress))


def test_public_names_have_a_docstring() -> None:
    assert all(getattr(buttress, name).__doc__ for name in buttress.__all__)


def test_a_name_that_isnt_there_is_an_attribute_error() -> None:
    assert not hasattr(buttress, "reviews")


def test_a_star_import_brings_exactly_the_public_names() -> None:
    names: dict[str, object] = {}
    exec("from buttress import *", names)
    assert sorted(set(names) - {"__builtins__"}) == buttress.__all__


def test_importing_the_package_loads_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import buttress; print(*sorted(set(sys.modules) - before))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = {m.partition(".")[0] for m in shown.split()}
    assert {m for m in shown.split() if m.startswith("buttress")} == {"buttress"}
    assert loaded <= {"buttress", "typing", "collections", "re", "functools", "contextlib", "_typing", "enum", "copyreg",
                      "operator", "reprlib", "keyword", "types", "sre_compile", "sre_constants", "sre_parse", "_collections",
                      "_functools", "_operator", "_sre", "abc", "warnings", "__future__", "itertools"}  # fmt: skip
