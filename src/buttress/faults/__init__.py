"""The fault tree of a system: what must fail for what to stop, exactly, for every component at once.

Source: Fault Tree Handbook, NUREG-0492 (gates, minimal cut sets, probabilities, importance).
"""

from buttress.faults.causes import Causes, cut_pairs, read_causes
from buttress.faults.chance import Chance, chance_of, down_share
from buttress.faults.tree import FaultTree, grow

__all__ = ["Causes", "Chance", "FaultTree", "chance_of", "cut_pairs", "down_share", "grow", "read_causes"]
