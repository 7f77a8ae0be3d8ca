"""What names that only say a role, or only a technology, mean: "the database", "Zuul" beside the only gateway."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from buttress.model.kinds import MESSAGING, STORES
from buttress.names import words_of
from buttress.prose.candidates import Candidate, shown_kind
from buttress.prose.mentions.nouns import HOLDERS
from buttress.prose.mentions.spelling import PROGRAMS, Mention
from buttress.vocabulary import load

_END = "backend"
_ALONE = ("gateway", "service_registry", "config_server")  # of which a system has one


def resolve_bare(
    candidates: list[Candidate],
    kinds: Mapping[str, str],
    *,
    enough: float,
    told: Collection[str] = (),
    points: Callable[[Mention], bool] = lambda _: True,
) -> dict[str, Candidate]:
    """Return, for each candidate that only says a role ("the database"), the one candidate that it must mean.

    `kinds` are those of what other sources show. Only those that are known or whose score is `enough` are meant; what may mean
    one of several scores 0, but for a service of which a flow is `told`: its key. `points`: whether a mention means one that is known.
    """
    out: dict[str, Candidate] = {}
    named = [
        (c, shown_kind(c, kinds))
        for c in candidates
        if (c.score >= enough or c.known) and not all(m.bare for m in c.mentions)
    ]
    for bare in candidates:
        if not all(m.bare for m in bare.mentions):
            continue
        role = bare.role()
        if role is None or role == "actor":
            continue
        if role in PROGRAMS and not any(map(points, bare.mentions)):
            continue  # "with a pool of workers" means none that is named
        product = bare.technology()  # an NFS share is no other product
        fits = [
            other
            for other, kind in named
            if _fits(kind, role)
            and not _is_carried(other, bare)
            and (product is None or other.technology() in (None, product))
        ]
        if role == "other":  # "the source" is no pipeline: things of all sorts are others
            fits = [o for o in fits if set(words_of(bare.name)) <= set(words_of(o.name))]
        own = [o for o in fits if o.technology() is None and set(words_of(bare.name)) < set(words_of(o.name))]
        if len(own) == 1 and len(fits) > 1 and not any(o.known for o in fits):
            fits = own  # "the database" of a text with "the Acme database" and the products that it may be
        shown = [other for other in fits if other.known]
        if len(shown or fits) == 1:
            whole = (shown or fits)[0]
            if _END in words_of(bare.name) and not (whole.known or whole.technology() or _is_end(whole)):
                continue  # it is the other end of a system's frontend, and no service that stands beside both
            if (
                not whole.known
                and role not in STORES
                and any(m.label for m in bare.mentions)
                and len(bare.mentions) > len(whole.mentions)
            ):
                whole.named = whole.named or bare.name  # "workers: …" and once "the responsible worker"
            if role != "service" or whole.known or whole.role() or whole.technology():
                out[bare.key] = whole  # but what nobody says to be a service isn't what "the server" means
        elif any(_fits(kind, role) for kind in kinds.values()) or (
            fits
            and not any(m.how == "heading" or m.label for m in bare.mentions)
            and (bare.key not in told or role in STORES | MESSAGING)
        ):
            bare.score = 0.0  # it means one of those that have names, and nobody says which
    return out


def served_by(
    candidates: Sequence[Candidate], kinds: Mapping[str, str], unnamed: Collection[str]
) -> dict[str, Candidate]:
    """Return, for each server that the text names by its technology alone, the only component of its kind that others show.

    "Zuul" is the `gateway` of a Compose file that has one gateway and doesn't say which it is (`unnamed`: their keys).
    """
    out: dict[str, Candidate] = {}
    for candidate in candidates:
        technology = load().technologies.get(candidate.technology() or "")
        if candidate.known or technology is None or technology.kind not in _ALONE:
            continue
        alike = [c for c in candidates if c.known and kinds.get(c.key) == technology.kind]
        if len(alike) == 1 and alike[0].key in unnamed and list(kinds.values()).count(technology.kind) == 1:
            out[candidate.key] = alike[0]
    return out


def _is_end(candidate: Candidate) -> bool:
    """Return whether a candidate is called a backend anywhere."""
    return any(_END in words_of(m.surface) for m in candidate.mentions)


def _is_carried(other: Candidate, bare: Candidate) -> bool:
    """Return whether a name is one of many things that a broker holds, which a word for the broker doesn't mean: "the update stream", "the bus"."""
    last = words_of(other.name)[-1]
    return (
        other.technology() is None
        and not other.known
        and last in HOLDERS
        and last not in ("queue", *words_of(bare.name))
    )


def _fits(kind: str, role: str) -> bool:
    """Return whether a component of this kind may be called by that role alone."""
    return (
        kind == role
        or (role == "data_store" and kind in STORES - {"cache", "object_store", "search_index"})
        or (role in MESSAGING and kind in MESSAGING)
    )
