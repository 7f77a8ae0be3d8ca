"""Where the data folders are: in a checkout beside `src`, in an installed wheel inside the package; and the user's cache."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def _root() -> Path:
    packed = _PACKAGE / "_data"
    return packed if packed.is_dir() else _PACKAGE.parents[1]


def ontology_dir() -> Path:
    """Return the folder of the vocabulary in Turtle, the rule cards and the named queries.

    >>> (ontology_dir() / "kinds.ttl").is_file()
    True
    """
    return _root() / "ontology"


def corpus_dir() -> Path:
    """Return the folder of the practice cards.

    >>> corpus_dir().name
    'corpus'
    """
    return _root() / "corpus"


def indexes_dir() -> Path:
    """Return the folder of everything built from `ontology` and `corpus`.

    >>> indexes_dir().name
    'indexes'
    """
    return _root() / "indexes"


def cache_dir() -> Path:
    """Return the user's folder for what can be computed again.

    >>> cache_dir().name
    'buttress'
    """
    given = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    if given:
        return Path(given) / "buttress"
    try:
        return Path.home() / ".cache" / "buttress"
    except RuntimeError:  # a container's user may have no home
        import tempfile

        return Path(tempfile.gettempdir()) / "buttress"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that anybody may read, as `replace_whole` does; makes its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_whole(path, content, mode=0o644)


def replace_whole(path: Path, content: bytes, *, mode: int) -> None:
    """Write a file so that a reader sees the old or the new one, never a part. Raises OSError when it can't be written."""
    import tempfile

    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
