"""The examples of rule cards as files."""

from __future__ import annotations

from buttress.trials import NAMES, sources_of

__all__ = ["NAMES", "sources_of"]
