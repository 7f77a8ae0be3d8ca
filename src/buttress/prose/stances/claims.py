"""What a sentence says about a review topic: that it is so, is planned, is missing or is a problem, or only its name.

"Writes are idempotent" is a claim, "see the page on idempotency" isn't. A finding or a strength that rests on a stance needs a
claim; a question is dropped already when the topic is named. In doubt it isn't a claim: silence is better than a wrong word.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from buttress.model.graph import StanceStatus
from buttress.prose.caseless import Caseless, caseless
from buttress.prose.stances.items import is_list_of_plans, is_task, is_to_come, told_by_place
from buttress.prose.stances.lacking import Words, lacks
from buttress.prose.stances.leads import wishes
from buttress.prose.stances.marked import opened_by, weighs
from buttress.prose.stances.telling import is_telling
from buttress.prose.text import KEPT, Sentence
from buttress.prose.words import ADVICE_TITLE, ASIDE, FOR_WHOM, HOW_TO, HYPOTHETICAL, NEGATED, PLANNED


class Said(NamedTuple):
    """A status, and whether the sentence claims it."""

    status: StanceStatus
    claimed: bool


# Phrases that name what nobody wants: their presence is the problem and their absence is the good.
EVIL = Caseless(
    r"(?:data loss|los(?:e|es|ing) data|(?:lost|missing|duplicate|late) (?:data|messages?|events?|updates?|records?)|gets? lost|loss of data|message loss|race(?:s| conditions?| between)|"
    r"data race|deadlocks?|lock contention|stale (?:data|caches?|reads?)|downtime.*|no downtime|bottlenecks?|.* bottlenecks?|vulnerabilit\w+|single points? of failure|"
    r"sql injection|xss|cross[- ]site scripting|brute force|ddos|denial of service|thundering herd|cache stampede|hot (?:spots?|keys?|partitions?|shards?)|noisy neighbou?rs?|"
    r"data corruption|corrupt\w+|inconsisten\w+( data)?|split[- ]brain|lock[- ]?in|vendor lock.*|slow (?:quer\w+|responses?)|n\+1.*|retry storms?|poison (?:messages?|pills?)|out of sync|"
    r"config(?:uration)? drift|snowflake servers?|double (?:charge|booking|processing)|hard-?coded credentials?|credentials in plain text|circular dependenc\w+|import cycles?|"
    r"manual changes?|configured by hand|manually configured|unauthenticated|not persisted|lost on restart|diverges?|differ until|out of step|overloaded|crash loop|exploits?|attackers?|compromised|known issues?|incidents?)",
)  # fmt: skip
# Phrases that name a thing whose mere presence is a problem.
PRESENT = Caseless(
    r"by hand|manually|manual (?:steps?|deployments?|releases?)|public bucket|bucket is public|public for reading|publicly readable|world[- ]readable|in (?:the )?memory of the process|in process memory|local memory of the instance|state (?:(?:is|lives|is kept|is held) )?in memory|sessions in memory",
)
# Phrases that say "it isn't there" by themselves.
_SAYS_NO = Caseless(
    r"(?:unauthenticated|un-?encrypted|plain ?http|clear ?text|unversioned|never deleted|kept (?:for ?ever|indefinitely))",
)
_IS = Caseless(
    r"\b(?:is|are|was|were|over|in|via|uses?|using|speaks?|by|with|runs?|goes|go|sent|stays?|remains?|stored|passes|travels?)\s+(?:[\w-]+\s+){0,2}$",
)
_VERBAL = Caseless(r"gets? lost|diverges?|differ until|overloaded")
_CLAUSE = Caseless(
    r"[;()]|:\s|\s[–—-]\s|,\s+(?:but|which|while|whereas|so|because|although|though|and|or|where)\b|"
    r"\b(?:but|because|although|though|so that|whereas|while|until|when|whenever|if|as long as|unless|once|whether|after|before|as soon as)\b",
)
_CONDITION = Caseless(r"^(?:if|as long as|unless|whether|when|whenever|once|until|as soon as)$")
_ADVICE = Caseless(
    r"^\W*(?:please\s+|then\s+|also\s+|next,?\s+|first,?\s+)?(?:continue|consider|ensure|check|see|note|make sure|run|install|try|learn|read|refer|visit|"
    r"click|go|open|follow|remember|avoid|discuss|explain|describe|let|think|imagine|keep|be sure|take|look|find|ask|do|don't|promote|place|put|split|choose|pick|switch|implement|introduce|integrate|upgrade|migrate|adopt|expand|extend|improve|increase|explore|handle|"
    r"assume|clarify|state|list|identify|determine|outline|refresh|copy|paste|navigate|download|start|create an?|add|make|move|trigger|configure|enable|allow|change|set|provide|request|"
    r"evaluate|re-?evaluate|replace|prefer|when to|where to|how to|need|needs|should|options?|goals?)\b",
)
_ABLE = Caseless(
    r"\b(?:supports?|offers?|can|(?:has|have) (?:a |an )?built[- ]in|comes? with|allows?|ha(?:s|ve) support)\b"
)
# "Throttles: number of calls refused" says what is counted, "rate limits, timeouts, retries" what there is to speak of.
_COUNTS = Caseless(
    r"^(?!.*\b(?:is|are|was|has|have)\b)\W*(?:[\w /-]{1,40}[:|–—]\W*)?(?:the )?(?:total |average |current )?(?:number|count|amount|percentage|ratio|share|duration|age|size) of\b"
)
_WORD_OR_TWO = r"[\w/()-]+(?: [\w/()-]+){0,2}"
_ENUMERATION = re.compile(
    rf"(?!.*\b(?:is|are|has|have|gets?|we|it|they|each|every|all|with|by|via|in|on|to)\b)\W*{_WORD_OR_TWO}(?:\s*[,&]\s*(?:and )?{_WORD_OR_TWO}){{1,6}}\W*"
)
# "Sync calls vs. queues: …" weighs two ways.
_WEIGHS = Caseless(r"^\W*[^.:;]{1,80}\b(?:vs\b\.?|versus\b)")
_READY_FOR = Caseless(
    r"\b(?:ready (?:for|to)|prepared for|easy to (?:add|extend|integrate|enable)|(?:support|hooks?|placeholders?|stubs?) for (?:later|future|adding))\s+(?:[\w-]+\s+){0,5}$"
)
_NO_MORE_THAN_READY = Caseless(r"^\W{1,4}(?:ready|prepared|planned|designed) (?:for|to)\b")
# "Duplicates from retries", "on network timeouts": something that happens, and no measure taken.
_AS_EVENT = {
    "retries": Caseless(
        r"\b(?:from|against|during|because of|due to|caused by|in case of)\s+(?:[\w-]+(?:,| or| and)*\s+){0,3}$"
    ),
    "timeouts": Caseless(
        r"\b(?:from|against|on|during|because of|due to|caused by|in case of|as|such as|like|simulat\w+|inject\w*|surviv\w+|tolerat\w+|chaos[- ]test\w*)\s+(?:[\w-]+(?:,| or| and)*\s+){0,3}$"
    ),
}
# "The timeout that occurs at night"; "a timeout occurs after 5 s" is one.
_OCCURS = Caseless(
    r"^\s*(?:errors? |exceptions? )?(?:that |which )?(?:\w+ly |often |sometimes |still )?(?:occur|happen|appear)(?:s|red|ed)?\b(?!.{0,20}\bafter \d)"
)
_COMMAND = re.compile(
    r"^\W*(?:docker(?:-compose)?|kubectl|helm|npm|yarn|pip|make|git|curl|mvn|gradlew?|sudo|cd|python3?|java|psql|\./\S+|https?://\S+)(?:\s+[\w./-]|$)"
)
_WISH = Caseless(
    r"\b(?:should|ought|may|want(?:s|ed)? to|needs\b|need(?:ed)? (?:to|for|an?)|have to|care must|it is (?:possible|recommended|advisable)|recommend(?:s|ed)?|would like|"
    r"in order to|so that you|if (?:you|we|they|the|a|an|it)|whether|when you|once you|you|your|feel free|benefit(?:s)? of|responsible for|"
    r"can (?:also |then |easily )?be (?:used|configured|extended|handled|set|done|added|served|very|quite|useful|addressed|applied|enabled|instrumented)|optional(?:ly)?|"
    r"benefits?|goals?|aims?|questions?|how|alternatives?|example|e\.g|such as|instead of|rather than|unlike|incentive|requirements? for|"
    r"helps?|important|useful|essential|typical(?:ly)?|ideally|in general|demonstrates?|tutorial)\b",
)
_WISHED = Caseless(
    r"\s*(?:\S+\s+){0,3}?(?:should|must|could|might|may|would|needs? to|(?:is|are) (?:also |very |often )?(?:useful|important|helpful|common|recommended|optional|possible|likely|essential|needed))\b",
)
_REJECTED = Caseless(
    r"\b(?:see (?:the|also|our|section|chapter|adr|page|\[)|refer to|described (?:in|elsewhere|below)|referred to as|tbd|not sure|migration path|(?:design|build|write) (?:it |them )?so that|incompatible|false alarms?|being able to|can be \w+ed|should be (?:considered|used|added|implemented)|under development|in progress|being (?:built|designed)|deferred|rejected|discarded|ruled out|turned down|attackers?|tries to|etc|we can)\b|^\W*(?:for example|for instance|e\.g|to \w+|why)\b",
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|does|uses?|used|runs?|takes?|keeps?|sends?|writes?|reads?|stores?|provides?|handles?|supports?|implements?|"
    r"exposes?|collects?|ships?|exports?|records?|checks?|validates?|limits?|retries|retry|caches?|encrypts?|authenticates?|signs?|requires?|deploys?|rolls?|emits?|"
    r"publish(?:es)?|consumes?|process(?:es)?|performs?|creates?|produces?|gets?|allows?|ensures?|guarantees?|rely|relies|apply|applies|serves?|monitors?|alerts?|logs?|traces?|scales?|"
    r"stands?|goes|go|comes?|carries|carry|scrapes?|pages?|fires?|happens?|lives?|terminates?|refuses?|answers?|passes|pass|lets?|enforces?|verif(?:y|ies)|dumps?|uploads?|copies|copy|"
    r"replicates?|holds?|exits?|picks?|works?|integrates?|delegates?|manages?|generates?|shows?|acts?|opens?|falls?|degrades?|moves?|spreads?|balances?|reaches|reach|throttl(?:es|e)|invalidates?|purges?|expires?|evicts?|batch(?:es)|compress(?:es)|shards?|polls?|hash(?:es)|escapes?|refreshes|waits?|tests?|covers?|dispatch(?:es)|triggers?|invokes?|calls?|schedules?|buffers?|sets|returns?|scans?|measures?|builds?|refuses|fetch(?:es)|reports?|replaces?|restarts?|rotates?|redacts?|masks?|drops?|accepts?|rejects?|hosts?|contains?|maintains?|propagates?|forwards?|subscribes?|updates?|starts?|stops?|ends?|checks?|protects?|isolates?|separates?|splits?|spread)\b|"
    r"\b(?:we|it|they)\s+(?:also\s+|then\s+|only\s+)?[a-z]+\b",
)
_BY = Caseless(r"^\s*(?:\w+\s+){0,3}?(?:with|via|through|using|by|in|on|at|to|from|per|for|against)\s+\w")
_LABEL = re.compile(r"^\W*$")
_DEFINES = Caseless(r"^\s*(?:is|are)\s+(?:an?|the|one of|defined|used (?:to|for))\b")
_COMPLAINS = Caseless(
    r"\b(?:is|are|was|were|remains?|becomes?|became)(?:n't| not)? (?:still |currently |often |also )?(?:a |an |our |the |one )?(?:\w+ )?(?:problem(?:s|atic)?|issues?|bottlenecks?|brittle|fragile|painful|"
    r"pain points?|weak(?:ness)?|poor|unreliable|inconsistent|too \w+|insufficient|inadequate|broken|incomplete|difficult|error-prone)\b|"
    r"^\s+(?:often |sometimes |regularly |frequently |still )?(?:fails?(?! (?:open|closed|over|fast|safe|safely|soft|softly|back|gracefully)\b)|breaks?|times? out|gets? lost|is lost|are lost)\b",
)  # fmt: skip
# "The load test fails if it takes longer": what a check is for.
_GATE = Caseless(r"^\s+(?:fails?|breaks?|is red|are red) (?:if|unless|when|once)\b")
_COMPLAINED = Caseless(
    r"\b(?:problems?|issues?|trouble|difficult(?:y|ies)|pains?) (?:with|of|in|around|is|are) (?:the |our )?(?:\w+ ){0,2}$|"
    r"\b(?:poor|insufficient|inadequate|unreliable|inconsistent|brittle|fragile|weak|risky) (?:\w+ ){0,1}$|\bsuffers? from (?:\w+ ){0,2}$",
)
# "Prefer a part over a full rollback: no outage, no rollback": what is turned down isn't missed.
_PREFERS = Caseless(r"\b(?:prefer\w*|favou?r\w*)\b[^.]{0,120}?\b(?:over|to|rather than|instead of)\b")
_NOBODY = Caseless(r"\b(?:nobody|no one|nothing|none of)\b")
_SOLVED = Caseless(
    r"\b(?:resolv\w+|fix\w*|solv\w+|avoid\w*|prevent\w*|reduc\w+|eliminat\w+|remov\w+|mitigat\w+|protects?|against|guards?|detect\w*|without)\b",
)
_PLANS = Caseless(
    r"^\W*(?:\d+(?:\.\d+)*\.?\s*)?(?:(?:our|the|future|further|long-term|short-term)\s+)*(?:plans?|(?:development|implementation|delivery|project|work|execution) plan|work items|planned\b.*|future(?: \w+)?|roadmap|next steps?|to-?do|outlook|what(?:'s| is| comes) next|backlog|"
    r"open (?:points|tasks|items|features)|follow-?ups?|later|ideas(?: \W? ?parking lot)?|parking lot|coming soon|still to do|pending(?: \w+)?|(?:possible )?improvements|enhancements|(?:beyond|after) (?:the )?(?:mvp|v\d[\d.]*)|post-?mvp)\W*(?:\([^()]*\)\W*)?$|\b(?:future work|planned (?:work|changes|improvements)|next steps?|to be (?:implemented|built|added|done|developed|introduced))\b",
)  # fmt: skip
_NOT_HOW_IT_IS = Caseless(
    r"\b(?:goals?|requirements?|use cases?|constraints|assumptions|motivation|rationale|problem (?:statement|description|definition)|problems? (?:with|of|in)|shortcomings|pain points|weakness(?:es)?|disadvantages|drawbacks|options?|considerations?|recommendations?|additional talking points|"
    r"drivers|criteria|pros|cons|talks?|community|check-?lists?|learn(?:ed|t|ing)?|takeaways?|skills)\b|^\W*(?:\d+(?:\.\d+)*\.?\s*)?(?:why\b|(?:the )?(?:problem|positioning|market|competition|competitors)\W*$)",
)
# "Problem: migrations run by themselves": what a label complains of is no practice.
_TROUBLE = Caseless(
    r"^\W*(?:problems?|issues?|risks?|challenges?|concerns?|threats?|pain points?|weakness(?:es)?|drawbacks?)\**\s*:"
)
# What such a section complains of is what the document is about to replace.
_OF_THE_OLD = Caseless(
    r"\b(?:problems?|issues|shortcomings|limitations|drawbacks|pain points)\b.*\b(?:with|of|in)\b.*(?:v\d|\b(?:old|existing|legacy|previous)\b)",
)


def said(sentence: Sentence, start: int, end: int, topic: str = "", leads: tuple[str, ...] = ()) -> Said:
    """Return what the sentence says of the topic at [start, end); `leads` are the lines that lead in its list.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> def told(text, words, topic=""):
    ...     sentence = sentences([Passage("a.md", 1, 1, "prose", text)])[0]
    ...     at = sentence.text.index(words)
    ...     return tuple(said(sentence, at, at + len(words), topic))
    >>> told("All writes are idempotent.", "idempotent"), told("See the page on retries.", "retries")
    (('addressed', True), ('addressed', False))
    >>> told("There is no rate limiting yet.", "rate limiting"), told("They will not need to log in.", "log in")
    (('missing', True), ('missing', False))
    """
    found = _said(words_of(sentence, leads), start, end, topic)
    if found == ("addressed", True) and _is_ability(sentence):
        return Said("addressed", False)
    return found


def words_of(sentence: Sentence, leads: tuple[str, ...] = ()) -> Words:
    """Return a sentence as it stands, with what its place says of it; `leads` are the lines that lead in its list."""
    passage, text = sentence.passage, sentence.text
    linked = sentence.marked(0, len(text.rstrip()), "link")
    opening = None if passage.form in ("heading", "table") else opened_by(passage.text)
    return Words(text, passage.form, passage.headings, passage.cells, linked, passage.columns, opening, leads)


def _is_ability(sentence: Sentence) -> bool:
    """Return whether a sentence says what a product can do, not what is done with it here: "EMQX supports TLS"."""
    verb = _ABLE.search(sentence.text)
    if verb is None:
        return False
    subject = list(sentence.text[: verb.start()])
    for found in sentence.technologies:
        subject[found.start : found.end] = " " * (found.end - found.start)
    left = set(re.findall(r"\w+", "".join(subject[: verb.start()]).lower())) - {"and", "or", "both", "the"}
    return not left and any(t.end <= verb.start() for t in sentence.technologies)


@lru_cache(KEPT)
def _said(words: Words, start: int, end: int, topic: str) -> Said:
    text, titles = words.text, words.above
    word = text[start:end]
    before, opener = _clause_before(text[:start])
    after = _clause_after(text[end:])
    silent = (
        words.form == "heading"
        or text.rstrip().endswith("?")
        or _is_aside(titles)
        or words.linked
        or bool(_COMMAND.match(text))
        or weighs(words.columns)
    )
    under = bool(_CONDITION.match(opener)) or bool(HYPOTHETICAL.search(before + word + after))
    conditional = under or bool(caseless(r"[\s,]*(?:unless|if|until|once)\b").match(text[end:]))
    named = text[max(0, start - 1) : start] in ("-", "_", "/", ".") or text[end : end + 1] in ("_", "/")
    silent = silent or (named and " " not in word.strip() and topic != "api-versioning")
    if topic == "api-versioning" and "version" not in word.lower():
        return _so(words, topic, start, before, word, after, quiet=silent or conditional)
    if _SAYS_NO.match(word):
        there = (
            _IS.search(before)
            and not NEGATED.search(before)
            and not _WISH.search(before)
            and not _SOLVED.search(before)
        )
        return Said("missing", bool(there) and not silent and not conditional)
    if EVIL.fullmatch(word):
        return _evil(before, word, after, silent=silent or conditional)
    if PRESENT.fullmatch(word):
        there = lacks(topic, before, word, after, first=False) is None and not _is_plan(titles[1:])
        return Said(
            "problem", there and not silent and not conditional and _declares(words, before, word, after)
        )
    lead = text[: start - len(before)]
    opens = opener in ("", "–", "—", "-") and lead.rstrip()[-1:] in ("(", ":", "–", "—", "-")
    lacking = lacks(topic, before, word, after, first=not lead.strip(), opens=opens, rest=text[end:])
    if lacking is not None:
        unmeant = _WISH.search(before) or _PREFERS.search(text[:start])
        return Said("missing", lacking and not silent and not conditional and not unmeant)
    placed = told_by_place(words, start, end)
    if placed is not None and placed[0] != "addressed":
        return Said(placed[0], placed[1] and not silent)
    done = words.opening == "done" and placed is not None  # ticked off in a roadmap
    listed = not done and (_is_plan(titles[1:] or titles) or is_list_of_plans(titles[:1]) or is_task(words))
    if listed or PLANNED.search(text[max(0, start - 120) : start]):
        wished = words.form != "list" if listed else True  # in a list of plans "add" is how an item begins
        return Said("planned", not silent and not under and not (wished and _advises(words, text[:start])))
    if placed is not None:
        return Said("addressed", placed[1] and not silent)
    about = not re.search(r"\b(?:of|to|for|with|in|on)\b", before) and len(before.split()) <= 4
    gate = _GATE.match(text[end:]) is not None
    if _COMPLAINED.search(before) or (about and not gate and _COMPLAINS.search(after[:60])):
        solved = _SOLVED.search(before) or NEGATED.search(before[-40:])
        return Said("problem", not silent and not conditional and not solved and not _WISH.search(before))
    return _so(words, topic, start, before, word, after, quiet=silent or conditional)


@lru_cache(KEPT)
def _is_aside(headings: tuple[str, ...]) -> bool:
    return any(ASIDE.search(h) or _OF_THE_OLD.search(h) for h in headings)


@lru_cache(KEPT)
def _is_plan(headings: tuple[str, ...]) -> bool:
    return is_to_come(headings) or any(_PLANS.search(h) for h in headings)


@lru_cache(KEPT)
def _is_advice(headings: tuple[str, ...]) -> bool:
    return any(HOW_TO.search(h) or ADVICE_TITLE.match(h) for h in headings)


@lru_cache(KEPT)
def _is_not_how_it_is(headings: tuple[str, ...]) -> bool:
    return any(_NOT_HOW_IT_IS.search(h) or FOR_WHOM.search(h) for h in headings)


def _so(words: Words, topic: str, start: int, before: str, word: str, after: str, *, quiet: bool) -> Said:
    """Return that the topic is addressed, claimed when the sentence says so of this system, now."""
    text = words.text
    if (
        quiet
        or NEGATED.search(before[-60:])
        or NEGATED.search(word)
        or _NOBODY.search(before)
        or _REJECTED.search(text)
        or HYPOTHETICAL.search(text)
        or _TROUBLE.match(text)
    ):
        return Said("addressed", False)
    ready = _READY_FOR.search(before) or _NO_MORE_THAN_READY.match(after)
    if _WISH.search(text[:start]) or _WISHED.match(after) or ready:
        return Said("addressed", False)
    happens = _AS_EVENT.get(topic)
    listed = words.form == "list" and _ENUMERATION.fullmatch(text) is not None
    if (
        listed
        or _COUNTS.match(text)
        or _WEIGHS.match(text)
        or (happens is not None and (happens.search(text[:start]) or _OCCURS.match(after)))
    ):
        return Said("addressed", False)
    return Said("addressed", _declares(words, before, word, after) and is_telling(topic, text, word))


def _evil(before: str, word: str, after: str, *, silent: bool) -> Said:
    """Return what is said by the name of something that nobody wants."""
    if NEGATED.search(before) or caseless(r"\bno\s+(?:\w+\s+)?$").search(before) or _SOLVED.search(before):
        return Said("addressed", False)
    real = caseless(
        r"\b(?:there (?:is|are) an?|is an? (?:\w+ )?|are (?:\w+ )?|known|causes?|caused|leads? to|have|has|suffers?|seen?|had)\W+(?:\w+\W+){0,3}$"
    ).search(
        before,
    )
    own = caseless(
        r"\s*(?:is|are) (?:a |an )?(?:known |real |common |regular )?(?:problem|issue|happening|frequent|common)|^\s*(?:happens?|occurs?|until)\b"
    ).match(
        after,
    )
    verbal = (
        _VERBAL.fullmatch(word)
        and re.search(r"\w\s+$", before)
        and not caseless(r"\b(?:can|may|must|to|never)\s+$").search(before)
    )
    wished = _WISH.search(before) or HYPOTHETICAL.search(before)
    return Said("problem", bool(real or own or verbal) and not silent and not wished)


def _advises(words: Words, before: str) -> bool:
    return (
        bool(_ADVICE.match(words.text))
        or bool(_WISH.search(before))
        or _is_advice((*words.headings[-1:], *words.leads))
    )


def _declares(words: Words, before: str, word: str, after: str) -> bool:
    """Return whether the clause says that it is so: by a verb of its own, as a label, or as "this with that" in a list."""
    text = words.text
    if wishes(words.leads):
        return False
    if _advises(words, before) or _is_not_how_it_is((*words.headings[-2:], *words.leads)):
        return False
    if _in_brackets_of_examples(text, text.find(before + word)) or caseless(r"\byou\b|\byour\b").search(text):
        return False
    if _LABEL.match(before) and (
        _DEFINES.match(after) or re.match(r"\s*(?:lets?|allows?|enables?|helps?|gives?|defines)\b", after)
    ):
        return False
    if words.form == "table":
        cells = [c for c in words.cells if c.strip()]
        if len(cells) > 3 and not any(
            re.search(r"[^\W\d_]{2}", c) for c in cells if c.strip() != text.strip()
        ):
            return False  # marks for several ways: who compares doesn't say which one is taken
        return len(cells) >= 2 and (len(text.split()) >= 3 or _is_label(words.cells, text))
    if _FINITE.search(before + word) or _FINITE.search(after):
        return True
    labelled = _LABEL.match(before) and re.match(
        r"\s*(?:[:–—]|\s-\s|\.\*\*)\s*(?:\S+\s+){1,}\S", text[len(before + word) :]
    )
    return bool(labelled) or (
        words.form == "list"
        and bool(_BY.match(after) or re.search(r"\b(?:with|via|through|using|by)\s+(?:\w+\s+){0,2}$", before))
    )


def _is_label(cells: tuple[str, ...], text: str) -> bool:
    """Return whether a cell heads its row and another one says yes or more."""
    others = [c.strip().lower() for c in cells if c.strip() and c.strip() != text.strip()]
    return (
        bool(others)
        and cells[0].strip() == text.strip()
        and others[0] not in ("no", "none", "-", "n/a", "planned", "todo", "tbd")
    )


def _clause_before(text: str) -> tuple[str, str]:
    """Return the part of the clause before a place, and the word that opens the clause."""
    cuts = list(_CLAUSE.finditer(text))
    return (text[cuts[-1].end() :], cuts[-1][0].strip(" ,;:()")) if cuts else (text, "")


def _clause_after(text: str) -> str:
    found = re.search(
        r"[;()]|,\s+(?:but|which|while|whereas|so|because|although|though|and|or|where)\b|\b(?:but|because|although|though|so that|whereas|when|until|if|unless|once)\b|\.\s",
        text,
    )
    return text[: found.start()] if found else text


def _in_brackets_of_examples(text: str, at: int) -> bool:
    """Return whether the place stands in brackets that list examples: "settings (reminders, backup frequency etc)"."""
    opened = text.rfind("(", 0, at)
    closed = text.find(")", opened) if opened >= 0 else -1
    return (
        opened >= 0
        and closed > at
        and bool(re.search(r"\b(?:etc|e\.g|eg|such as|like)\b|^\(or\b", text[opened:closed]))
    )
