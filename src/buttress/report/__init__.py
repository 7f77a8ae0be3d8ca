"""The review and its renderers: terminal, Markdown, HTML and JSON over one value."""

from buttress.report.review import IN_BASELINE, Review, Stage, Step, compose

__all__ = ["IN_BASELINE", "Review", "Stage", "Step", "compose"]
