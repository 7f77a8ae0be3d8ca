"""`python -m buttress.vocabulary`: build the vocabulary from the ontology."""

from buttress.vocabulary.build import main

main()
