"""What things are called: kinds, fact names, technologies and review topics, compiled from `ontology/`."""

from buttress.vocabulary.lookup import Vocabulary, are_one_technology, load
from buttress.vocabulary.match import stem
from buttress.vocabulary.terms import ANY_ENGINE, FactType, Kind, Match, Technology, Topic

__all__ = [
    "ANY_ENGINE",
    "FactType",
    "Kind",
    "Match",
    "Technology",
    "Topic",
    "Vocabulary",
    "are_one_technology",
    "load",
    "stem",
]
