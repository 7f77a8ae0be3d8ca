"""The examples of rule cards as files."""

from __future__ import annotations

import re

from buttress.model import Source
from buttress.rules import Example

NAMES = {
    "mermaid": "system.mmd",
    "yaml": "compose.yaml",
    "compose": "compose.yaml",
    "kubernetes": "manifests.yaml",
    "markdown": "design.md",
    "json": "graph.json",
    "python": "main.py",
    "dockerfile": "Dockerfile",
    "procfile": "Procfile",
    "gunicorn": "gunicorn.conf.py",
    "terraform": "main.tf",
    "cloudformation": "template.yaml",
}


def sources_of(example: Example) -> list[Source]:
    """Return the file that an example is, or the files that lines like `# === shop/settings.py` begin."""
    _, *files = re.split(r"^# === (\S+)\n", example.text, flags=re.MULTILINE)
    if not files:
        return [Source(NAMES[example.language], example.text)]
    return [Source(name, text) for name, text in zip(files[::2], files[1::2], strict=True)]
