"""Compiles the corpus: cards, vectors, what each rule cites, and a manifest of what they were made from.

    corpus/*/*.md, asked.tsv ─▶ cards.json ─encode▶ vectors.faiss, asked.json     manifest.json is written last
         └──────────────┬────────learn──▶ words.npz, exact.npz
    ontology/rules/*/*.md ───────encode──────▶ citations.json

What was asked helps to find cards by free text. What a rule cites rests on the cards and the rules alone.

Same corpus, rules, weights and machine: same bytes. Vectors of an unchanged corpus are kept: a changed rule
costs seconds.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from buttress import data
from buttress.errors import SourceError, UnknownName
from buttress.retrieval.cards import Asked, Practice, read_asked, read_corpus, sentences, to_json
from buttress.retrieval.encoder import GRAPH, MINILM, Encoder, encoder_for, weights_path
from buttress.retrieval.exact import count
from buttress.retrieval.searching import Index, assembled, nearness
from buttress.retrieval.words import learn
from buttress.rules import Card, load_dir
from buttress.rules.build import digest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SCHEMA = 4
VECTORS, WORDS, EXACT = "vectors.faiss", "words.npz", "exact.npz"
# Judged by eye over all rules: what scores less is about the rule's words more than about its matter. A rule
# that names fewer than two practices may take ones down to the lower bound.
NEAR, BARELY_NEAR = 0.63, 0.53
# Two guidances as near as this give the same advice under two names.
SAME = 0.85
# A card's first sentence says what it asks; another one is shown when it is nearer to the rule by this much.
FIRST = 0.12
_KEPT = 8  # retrieved ones a rule: some fall away in a system that hasn't their technology


def build(*, model: str = MINILM) -> Mapping[str, Any]:
    """Write cards.json, asked.json, vectors.faiss, words.npz, exact.npz, citations.json and manifest.json; return the manifest.

    Raises CardError on a broken card, SourceError without any card, UnknownName for a question about a practice that isn't
    there, WeightsMissing without the weights.
    """
    corpus, rules = data.corpus_dir(), load_dir(data.ontology_dir() / "rules")
    practices = read_corpus(corpus)
    if not practices:
        raise SourceError(str(corpus), "there is no practice card in it")
    questions = read_asked(corpus)
    known = {practice.id for practice in practices}
    for id_ in (id_ for question in questions for id_ in question.practices if id_ not in known):
        raise UnknownName.of("practice", id_, known=known)
    folder = data.indexes_dir()
    encoder = encoder_for(model)
    if model == MINILM and not (folder / GRAPH).is_file():
        write_graph()
    made_from = {
        "schema": SCHEMA,
        "corpus": digest(corpus),
        "asked": asked_digest(questions),
        "model": encoder.model,
        "weights": encoder.digest,
    }
    vectors = _kept_vectors(made_from)
    if vectors is None:
        passages = [text for practice in practices for text in practice.passages()]
        vectors = encoder.encode([*passages, *(question.text for question in questions)])
    content = packed(vectors)
    data.write_whole(folder / VECTORS, content)
    data.write_whole(folder / "cards.json", to_json(practices, digest=str(made_from["corpus"])).encode())
    data.write_whole(folder / "asked.json", _asked(questions).encode())
    said = _said(practices, rules)
    words = learn([" ".join(parts) for parts in _with_asked(said, questions).values()])
    data.write_whole(folder / WORDS, words.to_bytes())
    exact = count([" ".join(practice.passages()) for practice in practices])
    data.write_whole(folder / EXACT, exact.to_bytes())
    own = learn([" ".join(parts) for parts in said.values()])
    citations = _citations(assembled(practices, vectors, own, encoder.model), rules, encoder)
    data.write_whole(folder / "citations.json", _json(citations))
    manifest = {
        **made_from,
        "rules": rules_digest(rules),
        "dimensions": int(vectors.shape[1]),
        "vectors": int(vectors.shape[0]),
        "vectors_file": hashlib.sha256(content).hexdigest(),
        "cards": len(practices),
        "sources": dict(Counter(practice.source for practice in practices)),
        "areas": dict(Counter(practice.areas[0] for practice in practices)),
    }
    data.write_whole(folder / "manifest.json", _json(manifest))
    return manifest


def write_graph() -> int:
    """Write indexes/minilm.onnx for the installed weights and return its size in bytes (needs `onnx`)."""
    from buttress.retrieval.graph import serialised

    content = serialised(weights_path())
    data.write_whole(data.indexes_dir() / GRAPH, content)
    return len(content)


def rules_digest(rules: Sequence[Card]) -> str:
    """Return the sha256 over what the rules are searched by; a changed query leaves it as it is.

    >>> rules_digest([])[:8]
    '4f53cda1'
    """
    rows = [
        [rule.id, rule.area, list(rule.cites), *rule.asked()]
        for rule in sorted(rules, key=lambda rule: rule.id)
    ]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def asked_digest(questions: Sequence[Asked]) -> str:
    """Return the sha256 over what was asked and the practices that answer it.

    >>> asked_digest([])[:8]
    '37517e5f'
    """
    return hashlib.sha256(_asked(questions).encode()).hexdigest()


def unknown_cites(rules: Iterable[Card], known: Collection[str]) -> tuple[str, ...]:
    """Return a line for each practice that a rule names and that isn't among the known ids.

    >>> unknown_cites([], known=["ours/timeouts"])
    ()
    """
    return tuple(
        f"rule {rule.id}: {UnknownName.of('practice', id_, known=known)}"
        for rule in rules
        for id_ in rule.cites
        if id_ not in known
    )


def _said(practices: Sequence[Practice], rules: Sequence[Card]) -> dict[str, list[str]]:
    """Return all words about each practice by id: its card's, and those of the rules that cite it."""
    texts = {practice.id: [*practice.passages(), practice.source] for practice in practices}
    for rule in rules:
        for id_ in rule.cites:
            if id_ in texts:
                title, _, said = rule.asked()
                texts[id_] += [title, said]
    return texts


def _with_asked(said: Mapping[str, list[str]], questions: Sequence[Asked]) -> dict[str, list[str]]:
    """Return the words about each practice together with what was asked about it."""
    texts = {id_: list(parts) for id_, parts in said.items()}
    for question in questions:
        for id_ in question.practices:
            texts[id_].append(question.text)
    return texts


def _citations(known: Index, rules: Sequence[Card], encoder: Encoder) -> Mapping[str, Any]:
    """Return for each rule the retrieved ids, best first, and the sentences that support it; and the pairs that say the same."""
    import numpy as np

    place = {practice.id: n for n, practice in enumerate(known.practices)}
    asked = [text for rule in rules for text in rule.asked()]
    # The mean over what a rule says keeps out what is near to one of its texts only.
    queries = encoder.encode(asked)
    near_to = nearness(known, queries, asked).reshape(len(rules), -1, len(place)).mean(axis=1)
    supports: dict[str, dict[str, str]] = {}
    chosen: dict[str, list[str]] = {}
    concerned: set[int] = set()
    for n, (rule, near) in enumerate(zip(rules, near_to, strict=True)):
        named = [place[id_] for id_ in rule.cites if id_ in place]
        ranked = [
            int(c)
            for c in np.argsort(-near, kind="stable")
            if rule.area in known.practices[c].areas and near[c] >= BARELY_NEAR and c not in named
        ]
        enough = max(0, 2 - len(named))
        kept = [c for rank, c in enumerate(ranked) if near[c] >= NEAR or rank < enough][:_KEPT]
        chosen[rule.id] = [known.practices[c].id for c in kept]
        concerned.update(named, kept)
        said = queries[n * 3 : n * 3 + 3].mean(axis=0)
        supports[rule.id] = {known.practices[c].id: _support(known, c, said) for c in (*named, *kept)}
    among = sorted(concerned)
    guidance = np.stack([_direction(_guidance(known, n)) for n in among])
    alike = guidance @ guidance.T
    same = [
        [known.practices[among[a]].id, known.practices[among[b]].id]
        for a, b in np.argwhere(np.triu(alike, k=1) >= SAME).tolist()
    ]
    return {"rules": chosen, "same": sorted(same), "supports": supports}


def _support(known: Index, place: int, said: NDArray[np.float32]) -> str:
    """Return the sentence of a practice's guidance that a rule shows: the first, or one that is much nearer to what the rule says."""
    near = _guidance(known, place) @ said
    near[0] += FIRST
    return sentences(known.practices[place].guidance)[int(near.argmax())]


def _guidance(known: Index, place: int) -> NDArray[np.float32]:
    """Return the vectors of what a practice asks for, a row a sentence."""
    first = int(known.starts[place]) + 1  # the title comes before
    return known.rows[first : first + len(sentences(known.practices[place].guidance))]


def _direction(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    total = rows.sum(axis=0)
    direction: NDArray[np.float32] = total / float((total @ total) ** 0.5)
    return direction


def _kept_vectors(made_from: Mapping[str, Any]) -> NDArray[np.float32] | None:
    """Return the vectors of the last build when it was made from the same corpus by the same model."""
    import faiss
    import numpy as np

    folder = data.indexes_dir()
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        content = (folder / VECTORS).read_bytes()
    except (OSError, ValueError):  # never built, or cut short: build it all
        return None
    if any(manifest.get(key) != value for key, value in made_from.items()):
        return None
    if manifest.get("vectors_file") != hashlib.sha256(content).hexdigest():
        return None
    index = faiss.deserialize_index(np.frombuffer(content, dtype=np.uint8))
    kept: NDArray[np.float32] = index.reconstruct_n(0, index.ntotal)
    return kept


def packed(vectors: NDArray[np.float32]) -> bytes:
    """Return the file of a FAISS index that compares a query with every row by inner product."""
    import faiss

    index = faiss.IndexFlatIP(int(vectors.shape[1]))
    index.add(vectors)
    content: bytes = faiss.serialize_index(index).tobytes()
    return content


def _asked(questions: Sequence[Asked]) -> str:
    rows = [[question.text, list(question.practices)] for question in questions]
    return json.dumps(rows, ensure_ascii=False, indent=0) + "\n"


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=0, sort_keys=True) + "\n").encode()
