"""Where a report goes: stdout, or a file that is written whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from buttress.errors import SourceError
from buttress.model import Diagnostic


def write(text: str, output: Path | None) -> None:
    """Print `text`, or write it to `output` in one step. Raises SourceError when the file can't be written."""
    if output is None or str(output) == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        handle, name = tempfile.mkstemp(dir=output.resolve().parent, prefix=f".{output.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            temporary.chmod(0o644)
            temporary.replace(output)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SourceError(str(output), f"can't be written: {error.strerror or error}") from error


def tell(diagnostics: Iterable[Diagnostic], *, quiet: bool = False, verbose: bool = False) -> None:
    """Print diagnostics to stderr: warnings and errors, and with `verbose` the remarks too."""
    if quiet:
        return
    for diagnostic in diagnostics:
        if verbose or diagnostic.level != "info":
            sys.stderr.write(f"{diagnostic}\n")
