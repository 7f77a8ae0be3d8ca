"""The review and its renderers: terminal, Markdown, HTML and JSON over one value."""

from buttress.report.review import Review, Stage, Step, compose

__all__ = ["Review", "Stage", "Step", "compose"]
