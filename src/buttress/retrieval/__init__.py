"""Published practices: the cards of the corpus, search among them, and what a rule cites.

A review reads JSON only (`cards`, `citing`); the encoder and the vectors are for searching
and for building the index.
"""
