"""The words of questions for sets, by their classes."""

from __future__ import annotations

import re
from functools import cache

from buttress.ask.called import RUNNING
from buttress.model.kinds import MESSAGING, STORES
from buttress.vocabulary import load

_NO_PARTS = frozenset(
    ("actor", "external_service", "library_or_module", "other", "compute_host", "dns", "cdn")
)
ANYTHING = frozenset(
    "everything anything something anyone anybody someone somebody things thing parts part components component pieces piece whatever stuff".split()
)
_SERVICES = frozenset("service services microservice microservices app apps application applications api apis backend backends "
                      "process processes server servers endpoint endpoints".split())  # fmt: skip
# What places may be called, though a question with these words speaks of none.
NO_PLACES = frozenset(
    "outside inside data internal external public private default internet services edge".split()
)
# What verbs say of flows. Of the first no kind is asked.
_VERBS: dict[str, str] = {
    "": "use need require call invoke contact access touch hit query connect talk speak communicate depend rely integrate interact request "
    "register authenticate",
    "reads": "read fetch load",
    "writes": "write store save update",
    "publishes": "publish produce emit enqueue",
    "consumes": "consume subscribe listen dequeue poll",
    "routes": "route forward proxy",
    "reach": "reach",
    "holds": "handle hold process contain keep carry",
}
_PLACED = "run live sit lie reside deploy host belong attach own maintain join"
_IRREGULAR = {
    "written": "write",
    "read": "read",
    "ran": "run",
    "running": "run",
    "sitting": "sit",
    "lying": "lie",
    "spoken": "speak",
    "hit": "hit",
}
# Nouns that say who has flows to a part, or (the last) which it has itself.
_ROLES: dict[str, tuple[str, bool]] = {
    **dict.fromkeys(("consumer", "subscriber"), ("consumes", True)), "reader": ("reads", True), "writer": ("writes", True),
    **dict.fromkeys(("producer", "publisher"), ("publishes", True)),
    **dict.fromkeys(("caller", "client", "user", "dependent"), ("", True)),
    **dict.fromkeys(("dependency", "dependencie"), ("", False)),
}  # fmt: skip
for _way, _back in (("incoming", True), ("inbound", True), ("outgoing", False), ("outbound", False)):
    _ROLES |= {
        f"{_way} {noun}": ("", _back)
        for noun in ("connection", "call", "flow", "dependency", "dependencie", "request")
    }
# Words for kinds of parts that in these questions mean something else, or too much.
NO_KINDS = frozenset(
    "volume volumes disk disks backup backups shard shards filesystem index indices route routes task tasks function functions".split()
)
_PLACES = {
    "network": "network", "subnet": "network", "zone": "zone", "availability zone": "zone", "az": "zone", "region": "region", "cluster": "cluster",
    "host": "host", "machine": "host", "node": "host", "namespace": "namespace", "team": "team", "vpc": "network",
}  # fmt: skip
NUMBERS = {w: n for n, w in enumerate("zero one two three four five six seven eight nine ten".split())}
# Phrases, before single words: what they are, and what they mean.
PHRASES: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(rf"(?:{words})(?![\w-])"), sort, value)
    for words, sort, value in (
        (r"(?:tell me|give me|show me|list|show|name|enumerate|find) (?:all|which|what|every)(?: of)?|how many of", "open", "list"),
        (r"how many|what(?:'s| is) the number of|number of|count(?: the)?", "count", ""),
        (r"(?:are|is) there|do we have|have we|does (?:it|the system) have", "there", ""),
        (r"(?:directly or (?:indirectly|not|transitively)|directly and indirectly|transitively|indirectly|ultimately)", "through", ""),
        (r"more than|greater than|larger than|longer than|bigger than|higher than|over|above|exceeding", "compare", ">"),
        (r"less than|fewer than|smaller than|shorter than|lower than|below|under", "compare", "<"),
        (r"at least|no less than|no fewer than|minimum of", "compare", ">="), (r"at most|no more than|up to|maximum of", "compare", "<="),
        (r"(?:exactly|just|only) (?=one\b|two\b|three\b|\d)", "compare", "=="),
        (r"(?:the )?same (?:kind|type|sort)s? of (?:database|store|data store|broker|queue)s?", "alike", "technology"),
        (r"(?:the )?same (?:technology|engine|product|database engine|database technology)", "alike", "technology"),
        (r"(?:the )?same (?:docker |container )?image", "alike", "image"), (r"(?:the )?same (?:owner|owning team)", "alike", "owner"),
        (r"(?:the )?same", "same", ""),
        (r"(?:public|publicly|externally|internet)[ -]?(?:reachable|accessible|exposed|visible|facing|available)|public|"
         r"(?:exposed|open|reachable|reached|accessible|visible|available|published) (?:directly )?"
            r"(?:publicly|externally|(?:to|from|on) (?:the )?(?:outside|internet|public|world|host)(?: world)?)|exposed",
         "open_to", "yes"),
        (r"(?:internal|private|internal-only)", "open_to", "no"),
        (r"single[- ](?:replica|instance)(?:d)?|non[- ]redundant|not redundant|run(?:s|ning)? (?:only )?once", "redundant", "no"),
        (r"redundancy|redundant|highly available", "redundant", "yes"),
        (r"of (?:its|their) own", "of_own", ""), (r"(?:its|their) own", "own", ""), (r"run(?:s|ning)? as (?:the )?root(?: user)?", "as_root", ""),
        (r"(?:based|built|implemented) (?:on|with|in|upon)|(?:powered|backed) by", "based", ""),
        (r"apart from|besides|other than|except(?: for)?|aside from|excluding", "except", ""),
        (r"(?:send|put|push|publish|emit|produce|post)(?:s|es|ing)? (?:messages|events|jobs|tasks|work)(?: (?:to|in|into|on|onto))?", "verb", "publishes"),
        (r"(?:receive|get|take|read|consume|process|handle)(?:s|es|ing)? (?:messages|events|jobs|tasks)(?: (?:from|of))?", "verb", "consumes"),
        (r"(?:keep|store|save|hold)(?:s|es|ing)? (?:its |their )?(?:data|state)(?: (?:in|on))?", "verb", "writes"),
        (r"no one|no-one|not anything|not anyone", "nobody", ""), (r"as well as", "and", ""), (r"each other", "word", ""),
        (r"(?:rank|sort|order)(?= (?:the|all|our|my)\b)", "rank", ""),
        (r"(?:the )?most[- ](?:used|called|depended[- ](?:on|upon)|needed|popular|shared|relied[- ](?:on|upon))", "mostly", ""),
        (r"(?:the )?least[- ](?:used|called)", "mostly", "fewest"),
        (r"(?:the )?(?:fewest|least|lowest)(?: number of)?(?= )", "most", "fewest"), (r"(?:the )?(?:most|highest)(?: number of)?(?= )", "most", ""),
        (r"(?:only )?(?:starts?|started|boots?|comes? up|wait|waits|waiting)(?: up)? (?:only )?(?:after|behind|for|once|when)", "verb", "starts"),
        (r"(?:is|are|to be|to become|becomes?) (?:healthy|up|ready|running|started)|(?:has|have) started", "skip", ""),
        (r"to (?:finish|complete|start|be (?:healthy|up|ready|done))(?: before (?:they|it) (?:can )?(?:starts?|runs?))?|"
            r"before (?:they|it) (?:can )?starts?", "skip", ""),
        (r"(?:still )?(?:runs?|works?|survives?|keeps? working|goes? on|go on) (?:if|when|without)", "survive", ""),
        (r"(?:went|goes|go) (?:away|down|offline)|(?:is|are|were|was) (?:down|gone|lost|away|unavailable)|"
            r"fails?|failed|dies|died|crash(?:es|ed)", "skip", ""),
        (r"(?:something |anything |anyone |anybody |services |systems )?outside (?:of )?(?:our|the|my)(?: own)? "
            r"(?:system|company|platform|network)", "external", ""),
        (r"or (?:less|fewer|below|smaller|lower)", "bound", "<="), (r"or (?:more|above|greater|larger|higher)", "bound", ">="),
        (r"directly or (?:via|through|by way of)", "via", ""),
        (r"in common", "common", ""), (r"at all|to the outside|to start|in (?:use|total|place)", "skip", ""),
        (r"of (?:the |our |these |all )*(?=[a-z@])", "of", ""),
    )
)  # fmt: skip
WORDS: dict[str, tuple[str, str]] = {
    **dict.fromkeys("which what whichever list show name find enumerate who whats what's any".split(), ("open", "list")),
    **dict.fromkeys("do does did can could will would may might must should".split(), ("do", "")),
    **dict.fromkeys("is are was were be been being get gets".split(), ("be", "")),
    **dict.fromkeys("has have had having with having".split(), ("have", "")),
    **dict.fromkeys("without lacking lack lacks missing misses".split(), ("without", "")),
    **dict.fromkeys("not never cannot n't".split(), ("not", "")),
    **dict.fromkeys("all every each".split(), ("all", "")),
    **dict.fromkeys("nobody nothing none noone".split(), ("nobody", "")),
    **dict.fromkeys("in on within inside".split(), ("in", "")),
    **dict.fromkeys("the a an our my its their these those this some any other others else also still currently directly actually just ever "
                    "there anywhere together exist exists different please".split(), ("skip", "")),
    **dict.fromkeys(("to", "from", "at", "into", "for"), ("prep", "")),
    **dict.fromkeys("several multiple many".split(), ("several", "")),
    "that": ("that", ""), "whose": ("whose", ""), "no": ("no", ""), "neither": ("neither", ""), "nor": ("or", ""), "or": ("or", ""), "and": ("and", ""),
    "but": ("and", ""), "yet": ("and", ""), "both": ("both", ""), "only": ("only", ""), "most": ("most", ""), "fewest": ("most", "fewest"),
    "by": ("by", ""), "of": ("of", ""), "behind": ("behind", ""), "as": ("as", ""), "share": ("share", ""), "shares": ("share", ""), "sharing": ("share", ""),
    "shared": ("shared", ""), ",": ("comma", ""), "synchronously": ("sync", "yes"), "asynchronously": ("sync", "no"), "single": ("number", "1"),
    
}  # fmt: skip


def kinds_of(word: str) -> frozenset[str] | None:
    """Return the kinds that a word for all that runs means, None for other words: "services" aren't stores, "containers" may be.

    >>> "gateway" in kinds_of("services"), "cache" in kinds_of("services"), "cache" in kinds_of("containers"), kinds_of("databases")
    (True, False, True, None)
    """
    all_ = frozenset(load().kinds) - _NO_PARTS
    if word in _SERVICES:
        return all_ - STORES - MESSAGING
    return all_ if word in RUNNING or word.rstrip("s") in {w.rstrip("s") for w in RUNNING} else None


@cache
def _verbs() -> dict[str, tuple[str, str]]:
    out: dict[str, tuple[str, str]] = {}
    for flows, words in (*_VERBS.items(), ("placed", _PLACED)):
        for word in words.split():
            stem = word[:-1] if word.endswith("e") else word
            last = word[:-1] + "ies" if word.endswith("y") and word[-2] not in "aeiou" else None
            for form in (word, f"{word}s", f"{word}es", f"{stem}ing", f"{stem}ed", f"{word}{word[-1]}ing", f"{word}{word[-1]}ed", last,
                         f"{word[:-1]}ied" if last else None):  # fmt: skip
                if form:
                    out[form] = (flows, word)
    for form, word in _IRREGULAR.items():
        if word in out:
            out[form] = out[word]
    return out


def verb(word: str) -> tuple[str, str] | None:
    """Return what a form of a verb says of flows, and the verb; None for other words.

    >>> verb("written"), verb("relies"), verb("uses"), verb("orders")
    (('writes', 'write'), ('', 'rely'), ('', 'use'), None)
    """
    return _verbs().get(word)


def role(word: str) -> tuple[str, bool] | None:
    """Return what a noun says of flows, and whether they come in: "consumers" consume from a part.

    >>> role("consumers"), role("dependencies"), role("cats")
    (('consumes', True), ('', False), None)
    """
    return _ROLES.get(word) or _ROLES.get(word.removesuffix("s"))


def place(word: str) -> str | None:
    """Return the kind of place that a noun means.

    >>> place("networks"), place("availability zones"), place("machine"), place("redis")
    ('network', 'zone', 'host', None)
    """
    return _PLACES.get(word) or _PLACES.get(word.removesuffix("s"))
