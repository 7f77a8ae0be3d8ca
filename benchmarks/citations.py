"""What a review of a system that has every technology cites for the shipped rules, to be judged by eye; docs/quality.md has the tally.

    python benchmarks/citations.py          a line a citation: rule, what the rule says, source and title, the sentence that is shown

A rule's own citations are marked `named`, the others `retrieved`; at most four, as in a review.
"""

from __future__ import annotations

from buttress import data
from buttress.retrieval.citing import cite
from buttress.rules import load_dir
from buttress.vocabulary import load

if __name__ == "__main__":
    everything = frozenset(load().technologies)
    for rule in load_dir(data.ontology_dir() / "rules"):
        print(f"\n{rule.area}/{rule.id}: {rule.title}. {rule.asked()[2]}")
        for n, citation in enumerate(
            cite(rule.id, cites=rule.cites, shows=rule.shows, technologies=everything)
        ):
            how = "named" if n < len(rule.cites) else "retrieved"
            print(f"    {how:9}  {citation.source}: {citation.title}: {citation.passage}")
