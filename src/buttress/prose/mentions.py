"""Mentions: stretches of a sentence that may name a component, found by vocabulary, spelling and the shape of noun phrases."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from buttress.model import Component
from buttress.names import keys, singular, words_of
from buttress.prose.acting import acting
from buttress.prose.text import Sentence, Token
from buttress.prose.verbs import lexicon
from buttress.prose.words import DETERMINERS, PALE, PREPOSITIONS, STOP
from buttress.vocabulary import load
from buttress.vocabulary.roles import role_phrases

MAX_WORDS = 5
_AGENT = re.compile(r"[a-z]{3,}(?:er|or|ers|ors)", re.IGNORECASE)
_NO_AGENT = frozenset(
    """
        number order other header layer parameter identifier filter buffer pointer folder cluster letter
        matter paper power factor error vector author color colour minor major editor user after before
        later earlier never ever under over per former latter either whether rather together however further
        another order offer answer character chapter quarter counter counterpart trigger transfer register
        prefix corner center computer container developer engineer customer consumer member owner operator
        administrator maintainer contributor reader writer driver stakeholder newcomer director creator
        visitor investor tutor doctor behaviour behavior error interior exterior prior superior inferior
        better faster slower larger smaller bigger higher lower longer shorter newer older easier harder
        simpler cheaper greater fewer closer deeper broader wider narrower stronger weaker richer cleaner
        safer smarter tighter metaphor monitor mirror floor door sensor anchor tensor integer float wrapper
        helper handler delimiter modifier iterator decorator enumerator denominator descriptor constructor
        interceptor attacker interviewer interviewee follower caller programmer teacher player learner voter
        buyer bidder insider outsider september october november december super inner outer upper proper
        paper server servers master slave router browser docker pager timer finger banner border gender
        layer render wonder consider remember deliver discover recover cover differ prefer refer infer defer
        suffer enter alter alternator motor raster poster roster cluster cylinder placeholder separator
        semaphor disaster provider providers supporter partner partners parser compiler linter formatter
        tester container containers tier
    """.split()
)
_IDENTIFIER = re.compile(
    r"[A-Za-z][a-z0-9]*(?:[-_][a-z0-9]+)+|[a-z][a-z0-9]{2,}|(?:[A-Z][a-z0-9]+){2,}|[A-Z]{2,6}[a-z]?", re.ASCII
)
_GLUED = re.compile(
    r"[a-z]{3,}?(service|server|worker|gateway|proxy|db|database|queue|cache|broker|store|api|frontend|backend|scheduler|controller|processor|consumer)s?"
)
_HYPHENED = re.compile(r"[a-z][a-z0-9]+(?:-[a-z0-9]+)+")
_NO_NAME = re.compile(
    r"-(?:based|side|time|level|specific|only|up|in|out|end|ends|wide|like|driven|aware|friendly|ready|safe|free|oriented|term|hosted|source|"
    r"by|of|the|to|on|off|down|facing|available|scale|scaling|sized|use|world|first|last|party|prem|value|day|hour|minute|second|way|"
    r"domain|case|box|purpose|user|tenant|language|grade|critical|cutting|balanced|blocking|null|through|aside|ahead|behind|house|\d+)$|"
    r"^(?:high|low|multi|non|pre|re|self|un|semi|sub|super|anti|auto|well|long|short|single|two|three|co|read|write|open|cross|real|"
    r"end|per|fire|at|on|in|up|one|day|go|so|non|third|first|full|hard|fine|coarse|large|small|event|data|run|built|e|x|utf|sha|md|iso|rfc|http)-"
)
# What goes from one component to another: "frontend errors go to Sentry" is a flow of the frontend.
MOVED = frozenset(
    """
        errors events logs metrics traces requests messages data alerts notifications traffic queries calls jobs tasks results responses
        emails mails uploads files updates changes reports records images
    """.split()
)
_PARTICLES = frozenset("up off out over back down away together in into on onto".split())
# Acronyms of formats, protocols and measures: nothing that runs.
NO_THING = frozenset(
    """
        tls ssl http https tcp udp ip grpc rest soap json xml yaml toml csv tsv html css js sql nosql url urls uri uris uuid ulid jwt jwts
        oauth oauth2 oidc saml mime ascii utf cpu cpus ram gpu gpus ssd hdd io crud gdpr pii sla slas slo slos sli rpo rto faq todo tbd mvp
        api apis ui sdk cli ide pr prs ci cd id ids pdf png jpg svg gif kb mb gb tb qps rps tps ttl acid base cap mvcc crdt orm dto dsl
        rfc pep adr adrs utc iso etag cors csrf xss md5 sha hmac aes rsa hsts dos ddos wsgi asgi gil pid stdout stderr stdin http2 http3
        websocket websockets webhook webhooks protobuf avro parquet
    """.split()
)
_PROTOCOLS = frozenset(
    """
        rest restful grpc http https json graphql soap rpc tcp udp ssh tls web public private internal
        external sql nosql async
    """.split()
)
_SECTION = frozenset(
    """
        overview introduction summary background goals goal motivation context architecture design
        implementation details scope requirements conclusion decision consequences status proposal problem
        solution discussion rationale notes examples example usage configuration features components
        component services service workflow deployment security performance monitoring scalability testing
        api data flow diagram technical future work risks alternatives option options references contents
        table appendix purpose constraints assumptions responsibility responsibilities
    """.split()
)
# Role words that alone name nothing: there is always some service, system or server.
EMPTY = frozenset(
    """
        service services system platform app application server servers api apis engine manager controller
        bot svc web events channel config configs script template chart repo repository package module
        library plugin function task tasks job jobs agent handler pipeline batch daemon topic topics index
        stream streams storage store backup backups volume disk host vm channel secrets logs logging metrics
        monitoring tracing alerts alerting telemetry observability persistence program programs identity
        docs documentation console internet device devices person people human member members reader readers
        staff engineer engineers developer developers operator operators admin admins administrator guest
        driver drivers master slave shard shards edge route router bus exchange migrations registry ci
               container image instance instances node nodes process processes engine processor
        external internal sdk
    """.split()
)


@dataclass(slots=True)
class Mention:
    """A stretch of tokens `first` to `last` (not included) of a sentence, and how it was recognised."""

    sentence: int
    first: int
    last: int
    surface: str
    how: str  # known, technology, role, proper, code, heading or label
    technology: str | None = None
    role: str | None = None
    bare: bool = False  # a role without a name
    aside: bool = False  # stands before another noun: "Redis client", "worker settings"
    capital: bool = False
    code: bool = False
    strong: bool = False
    link: bool = False
    label: bool = False
    key: str = ""


class Finder:
    """Finds the mentions in the sentences of one document set."""

    def __init__(self, texts: Sequence[Sentence], known: Iterable[Component]) -> None:
        """Count how words are written in the whole text; `known` are the components that other sources show."""
        self.texts = texts
        self.roles = role_phrases()
        self.role_words = {w for phrase in self.roles for w in phrase.split()}
        self.heads = {phrase.split()[-1] for phrase in self.roles}
        self.known: dict[tuple[str, ...], tuple[str, bool]] = {}
        for component in known:
            for name in (component.name, *component.aliases):
                words = tuple(w.lower() for w in re.findall(r"[\w.+#-]+", name))
                if 0 < len(words) <= MAX_WORDS + 1:
                    plain = (
                        len(words) == 1
                        and words[0].isalpha()
                        and (words[0] in self.role_words or words[0] in STOP or name.islower())
                    )
                    self.known.setdefault(words, (component.name, plain))
        self.acting = acting(texts)
        self.capitals: Counter[str] = Counter()
        self.lowers: Counter[str] = Counter()
        self.hyphened: Counter[str] = Counter()
        for text in texts:
            running = text.passage.form in ("prose", "list")
            for n, token in enumerate(text.tokens):
                if _HYPHENED.fullmatch(token.lower):
                    self.hyphened[token.lower] += 1
                if not running or not token.is_word:
                    continue
                if token.text[0].isupper():
                    if (
                        n
                        and text.tokens[n - 1].text not in (".", ":", "(", '"', "“", "|", "-", "*", "–", "—")
                        and not _titled(text, n)
                    ):
                        self.capitals[token.lower] += 1
                else:
                    self.lowers[token.lower] += 1

    def proper(self, token: Token) -> bool:
        """Return whether the text writes a word with a capital as its own spelling."""
        seen = self.capitals[token.lower]
        return bool(seen) and seen * 2 >= self.lowers[token.lower] and token.lower not in STOP

    def find(self, number: int) -> list[Mention]:
        """Return the mentions in one sentence, in order, none within another."""
        text = self.texts[number]
        if text.passage.form == "heading":
            return self._heading(number, text)
        taken = [False] * len(text.tokens)
        found: list[Mention] = []
        self._known(number, text, taken, found)
        self._runs(number, text, taken, found)
        found.sort(key=lambda m: m.first)
        self._labels(text, found)
        return found

    def _mention(self, number: int, first: int, last: int, how: str, **more: object) -> Mention:
        text = self.texts[number]
        start, end = text.tokens[first].start, text.tokens[last - 1].end
        surface = text.text[start:end]
        token = text.tokens[first]
        mention = Mention(number, first, last, surface, how, **more)  # type: ignore[arg-type]
        mention.capital = any(t.text[0].isupper() for t in text.tokens[first:last]) and (
            first > 0 or self.proper(token) or not token.text[1:].islower()
        )
        mention.code = text.marked(start, end, "code")
        mention.strong = text.marked(start, end, "strong")
        mention.link = text.marked(start, end, "link")
        mention.key = keys(surface)[1]
        return mention

    def _known(self, number: int, text: Sentence, taken: list[bool], found: list[Mention]) -> None:
        lowers = [t.lower for t in text.tokens]
        for first in range(len(lowers)):
            if taken[first]:
                continue
            for length in range(min(MAX_WORDS + 1, len(lowers) - first), 0, -1):
                words = tuple(lowers[first : first + length])
                hit = self.known.get(words) or (
                    self.known.get((*words[:-1], singular(words[-1])))
                    if length > 1 or len(words[0]) > 5
                    else None
                )
                if hit is None:
                    continue
                name, plain = hit
                last = first + length
                after = lowers[last] if last < len(lowers) else ""
                if plain:
                    start, end = text.tokens[first].start, text.tokens[last - 1].end
                    told = text.marked(start, end, "code", "strong") or after in (
                        "service",
                        "server",
                        "container",
                        "database",
                        "db",
                        "api",
                        "app",
                        "worker",
                    )
                    role = words[0] in self.roles and words[0] not in EMPTY
                    if (
                        not told
                        and not (role and (first == 0 or lowers[first - 1] in DETERMINERS))
                        and not self.proper(text.tokens[first])
                    ):
                        continue
                if after in (
                    "service",
                    "server",
                    "container",
                    "cluster",
                    "instance",
                    "instances",
                    "component",
                ):
                    last += 1
                mention = self._mention(number, first, last, "known")
                mention.key = keys(name)[1]
                mention.surface = name
                found.append(mention)
                taken[first:last] = [True] * (last - first)
                break

    def _runs(self, number: int, text: Sentence, taken: list[bool], found: list[Mention]) -> None:
        tokens = text.tokens
        marks: dict[int, tuple[int, str]] = {}
        offsets = {t.start: n for n, t in enumerate(tokens)}
        ends = {t.end: n + 1 for n, t in enumerate(tokens)}
        for match in load().find_technologies(text.text):
            first = offsets.get(match.start)
            last = ends.get(match.end)
            if first is None:
                first = next((n for n, t in enumerate(tokens) if t.start <= match.start < t.end), None)
            if last is None:
                last = next((n + 1 for n, t in enumerate(tokens) if t.start < match.end <= t.end), None)
            if first is not None and last is not None and last > first:
                whole = tokens[first].text
                if (
                    last == first + 1
                    and len(whole) > match.end - match.start + 1
                    and ("-" in whole or "." in whole or "/" in whole or "_" in whole)
                ):
                    continue  # inside a longer identifier
                marks[first] = (last, match.id)
        n = 0
        while n < len(tokens):
            if taken[n] or not self._nameable(text, n):
                n += 1
                continue
            end = n + 1
            while (
                end < len(tokens)
                and end - n < 8
                and not taken[end]
                and self._nameable(text, end)
                and self._joined(text, end)
            ):
                end += 1
            self._split(number, text, n, end, marks, found)
            n = end

    def _joined(self, text: Sentence, n: int) -> bool:
        """Return whether a token goes on with the noun phrase before it: no change of marks in between."""
        before, here = text.tokens[n - 1], text.tokens[n]
        return here.start - before.end <= 1

    def _nameable(self, text: Sentence, n: int) -> bool:
        token = text.tokens[n]
        if self._inside_name(text, n) or self._named_after_a_word(text, n):
            return True
        if (
            not token.is_word
            or token.lower in STOP
            or token.lower in DETERMINERS
            or token.lower in PREPOSITIONS
        ):
            return (
                token.is_word
                and token.text.isupper()
                and 2 <= len(token.text) <= 6
                and token.lower not in DETERMINERS
                and token.text not in ("OR", "AND", "NOT", "IF")
            )
        verb = lexicon().get(token.lower)
        if verb is None:
            return not token.lower.endswith("ly")
        if token.lower in ("log", "logs") and n + 1 < len(text.tokens) and text.tokens[n + 1].lower in ("in", "into", "out"):
            return False
        if self._before_role(text, n):
            return True
        if text.marked(token.start, token.end, "code", "strong"):
            return True
        if token.lower not in self.heads and token.lower not in (
            "request",
            "requests",
            "query",
            "message",
            "log",
            "logs",
            "work",
        ):
            return token.text[0].isupper() and n > 0 and self.proper(token)
        before = text.tokens[n - 1].lower if n else ""
        after = text.tokens[n + 1].lower if n + 1 < len(text.tokens) else ""
        if before in (
            "to",
            "will",
            "can",
            "should",
            "must",
            "may",
            "could",
            "would",
            "we",
            "they",
            "it",
            "and",
        ) and (verb.plain or before in ("we", "they", "it")):
            return False
        return not (after in DETERMINERS and before not in DETERMINERS and before not in PREPOSITIONS)

    def _before_role(self, text: Sentence, n: int) -> bool:
        """Return whether a word that may be a verb stands between a determiner and a role: "the search service", "a build server"."""
        tokens = text.tokens
        return (
            0 < n < len(tokens) - 1
            and tokens[n - 1].lower in DETERMINERS
            and tokens[n + 1].lower in self.heads
            and tokens[n + 1].lower not in lexicon()
            and not tokens[n].lower.endswith("s")
        )

    def _named_after_a_word(self, text: Sentence, n: int) -> bool:
        """Return whether an ordinary word with a capital stands before a role: "the Orders service", "our Like API"."""
        tokens = text.tokens
        return (
            0 < n < len(tokens) - 1
            and tokens[n].text[0].isupper()
            and tokens[n].lower not in DETERMINERS
            and tokens[n + 1].lower in self.heads
            and (tokens[n - 1].lower in DETERMINERS or tokens[n - 1].lower in PREPOSITIONS)
            and not _titled(text, n)
        )

    def _inside_name(self, text: Sentence, n: int) -> bool:
        """Return whether a word with a capital goes on a name whatever the word: "Fan Out Service", "the Search Service"."""
        token, tokens = text.tokens[n], text.tokens
        if (
            not token.text[0].isupper()
            or not token.text[1:].islower()
            or n == 0
            or text.passage.form == "heading"
            or _titled(text, n)
        ):
            return False
        after = tokens[n + 1] if n + 1 < len(tokens) else None
        before = tokens[n - 1]
        follows = after is not None and after.text[0].isupper() and after.start - token.end <= 1
        if token.lower in STOP or token.lower in DETERMINERS or token.lower in PREPOSITIONS:
            return (
                follows
                and before.text[0].isupper()
                and before.lower not in STOP
                and token.start - before.end <= 1
            )
        return follows and before.text not in (".", ":", "!", "?", "(", "|", "-", "–", "*")

    def _split(
        self,
        number: int,
        text: Sentence,
        first: int,
        last: int,
        marks: dict[int, tuple[int, str]],
        found: list[Mention],
    ) -> None:
        """Find the mentions in a run of nouns and modifiers: names first, then role phrases with their modifiers."""
        n = first
        while n < last:
            best = self._at(number, text, n, last, marks)
            if best is None:
                n += 1
                continue
            found.append(best)
            n = max(best.last, n + 1)

    def _at(
        self, number: int, text: Sentence, n: int, last: int, marks: dict[int, tuple[int, str]]
    ) -> Mention | None:
        tokens = text.tokens
        begin = n
        while (
            begin < last
            and tokens[begin].lower in PALE
            and not (tokens[begin].text[0].isupper() and begin > 0)
        ):
            if any(
                " ".join(t.lower for t in tokens[begin:e]) in self.roles
                for e in range(begin + 2, min(last, begin + 4) + 1)
            ):
                break
            begin += 1
        if begin >= last:
            return None
        agent = self._agent(number, text, begin, last, marks)
        # a role phrase that ends a stretch from here, with names or modifiers before it
        for end in range(min(last, begin + MAX_WORDS), begin, -1):
            role, head = self._role(tokens, begin, end)
            if agent is not None and agent.last >= end and not agent.aside:
                return agent
            if role is None:
                continue
            start = begin
            inner = next((k for k in range(begin, end) if k in marks), None)
            technology = marks[inner][1] if inner is not None else None
            if (
                inner is not None
                and inner > begin
                and not all(t.text[0].isupper() for t in tokens[begin:inner])
            ):
                start = inner
            modifiers = tokens[start:head]
            if any(self._verbal(text, k) for k in range(start, head)):
                start = max(k for k in range(start, head) if self._verbal(text, k)) + 1
                modifiers = tokens[start:head]
            if len(modifiers) > 3:
                start = head - 3
            while (
                start < head
                and not tokens[start].text[0].isupper()
                and "-" not in tokens[start].text
                and any(
                    k < head and (tokens[k].text[0].isupper() or "-" in tokens[k].text or k in marks)
                    for k in range(start + 1, head + 1)
                )
            ):
                start += 1  # "port Content Store": the name begins with its capital
            modifiers = tokens[start:head]
            if modifiers and all(t.lower in _PROTOCOLS for t in modifiers):
                start, modifiers = head, ()
            own = head > 0 and tokens[head].text[0].isupper() and self.proper(tokens[head])
            bare = (
                start == head
                and not own
                and "-" not in tokens[head].text
                and "_" not in tokens[head].text
                and " ".join(t.lower for t in tokens[head:end]) in self.roles
            )
            aside = end < last and not self._ends(tokens, end, last)
            words = " ".join(t.lower for t in tokens[head:end])
            if (
                bare
                and (words in EMPTY or singular(words) in EMPTY)
                and not (tokens[head].text.isupper() and len(words) < 4)
            ):
                marked = text.marked(tokens[head].start, tokens[end - 1].end, "code", "strong")
                if not marked:
                    return None
            named = (
                any(t.text[0].isupper() for t in modifiers)
                or technology is not None
                or any("-" in t.text for t in modifiers)
            )
            if aside and not named and not (end < len(tokens) and tokens[end].lower in MOVED):
                return None
            return self._mention(
                number, start, end, "role", role=role, technology=technology, bare=bare, aside=aside
            )
        if agent is not None:
            return agent
        doer = self._doer(number, text, begin, last, marks)
        if doer is not None:
            return doer
        if begin in marks:
            end, technology = marks[begin]
            return self._mention(
                number,
                begin,
                end,
                "technology",
                technology=technology,
                aside=end < last and not self._ends(tokens, end, last),
            )
        token = tokens[begin]
        if text.marked(token.start, token.end, "code"):
            if _IDENTIFIER.fullmatch(token.text) and token.lower not in STOP and not _call(text, token):
                return self._mention(number, begin, begin + 1, "code", aside=begin + 1 < last)
            return None
        if (
            _HYPHENED.fullmatch(token.lower)
            and self.hyphened[token.lower] > 1
            and not _NO_NAME.search(token.lower)
        ):
            return self._mention(
                number,
                begin,
                begin + 1,
                "code",
                aside=begin + 1 < last and not self._ends(tokens, begin + 1, last),
            )
        end = begin
        while (
            end < last
            and end - begin < 4
            and tokens[end].text[0].isupper()
            and (end > 0 or self.proper(tokens[end]) or tokens[end].text[1:2].isupper())
        ):
            end += 1
        if end > begin and text.passage.form in ("prose", "list"):
            if end == begin + 1 and tokens[begin].lower in NO_THING:
                return None
            if (
                end == begin + 1
                and not self.proper(tokens[begin])
                and not tokens[begin].text[1:].strip("s").isupper()
            ):
                return None
            return self._mention(
                number, begin, end, "proper", aside=end < last and not self._ends(tokens, end, last)
            )
        return None

    def _agent(
        self, number: int, text: Sentence, begin: int, last: int, marks: dict[int, tuple[int, str]]
    ) -> Mention | None:
        """Return the mention of something named for what it does: "the loader", "Listers", "the Object Storage Replayer"."""
        tokens = text.tokens
        for end in range(min(last, begin + 4), begin, -1):
            word = tokens[end - 1].lower
            if (
                not _AGENT.fullmatch(word)
                or word in _NO_AGENT
                or singular(word) in _NO_AGENT
                or word in self.role_words
                or word in lexicon()
            ):
                continue
            before = tokens[begin - 1].lower if begin else ""
            start = begin
            if any(
                self._verbal(text, k) or (k in marks and marks[k][0] < end) for k in range(begin, end - 1)
            ):
                continue
            if not all(t.text[0].isupper() for t in tokens[start : end - 1]):
                start = max(begin, end - 2)
            named = tokens[end - 1].text[0].isupper() and (end > 1 or self.proper(tokens[end - 1]))
            if not named and not (
                before in DETERMINERS
                or before in PREPOSITIONS
                or before in ("", "and", "or", ",", "(")
                or before in lexicon()
            ):
                continue
            aside = end < last and not self._ends(tokens, end, last)
            return None if aside and not named else self._mention(number, start, end, "agent", aside=aside)
        return None

    def _doer(
        self, number: int, text: Sentence, begin: int, last: int, marks: dict[int, tuple[int, str]]
    ) -> Mention | None:
        """Return the mention of a noun that acts in this text, or of a kind of node: "the sidecar", "store nodes"."""
        tokens = text.tokens
        if begin in marks:
            return None
        for end in range(min(last, begin + 3), begin, -1):
            word = singular(tokens[end - 1].lower)
            node = word == "node" and end - begin >= 2 and not self._verbal(text, end - 2)
            if not node and (self.acting[word] < 2 or tokens[end - 1].lower in lexicon()):
                continue
            start = begin
            if not all(t.text[0].isupper() for t in tokens[start : end - 1]):
                start = end - 2 if end - begin >= 2 and (node or "-" in tokens[end - 2].text) else end - 1
            if any(self._verbal(text, k) or k in marks for k in range(start, end - 1)):
                continue
            aside = end < last and not self._ends(tokens, end, last)
            how = "acting"
            return self._mention(number, start, end, how, role="service" if node else None, aside=aside)
        return None

    def _role(self, tokens: Sequence[Token], begin: int, end: int) -> tuple[str | None, int]:
        """Return the kind of the longest role phrase that ends at `end`, and where it begins."""
        words = [w for t in tokens[begin:end] for w in ([t.lower])]
        for length in range(min(4, len(words)), 0, -1):
            phrase = " ".join(words[-length:]).replace("-", " ")
            role = self.roles.get(phrase) or self.roles.get(singular(phrase))
            if role is not None:
                return role, end - length
        glued = _GLUED.fullmatch(tokens[end - 1].lower)
        if glued is not None and tokens[end - 1].lower not in lexicon():
            return self.roles.get(glued[1]), end - 1
        parts = re.split(r"[-_]|(?<=[a-z])(?=[A-Z])", tokens[end - 1].text)
        if len(parts) > 1:
            for length in range(min(3, len(parts) - 1), 0, -1):
                role = self.roles.get(" ".join(p.lower() for p in parts[-length:]))
                if role is not None and not _NO_NAME.search(tokens[end - 1].lower):
                    return role, end - 1
        return None, begin

    def _verbal(self, text: Sentence, n: int) -> bool:
        token = text.tokens[n]
        if self._before_role(text, n):
            return False
        return (
            token.lower in lexicon() and not token.text[0].isupper() and token.lower not in self.role_words
        ) or token.lower.endswith("ly")

    def _ends(self, tokens: Sequence[Token], end: int, last: int) -> bool:
        """Return whether the noun phrase ends before `end`: what follows reads as a verb rather than a noun."""
        after = tokens[end]
        if after.lower in lexicon() and after.lower not in self.heads:
            return True
        follows = tokens[end + 1].lower if end + 1 < len(tokens) else ""
        if after.lower in lexicon() and (follows in DETERMINERS or follows in PREPOSITIONS or follows in _PARTICLES):
            return True
        return (
            after.lower.endswith(("s", "ed"))
            and after.lower not in self.heads
            and end + 1 < len(tokens)
            and tokens[end + 1].lower in DETERMINERS
        )

    def _heading(self, number: int, text: Sentence) -> list[Mention]:
        words = [n for n, t in enumerate(text.tokens) if t.is_word and not re.fullmatch(r"\d[\d.]*", t.text)]
        if not words or len(words) > 6:
            return []
        first, last = words[0], words[-1] + 1
        inner = text.text[text.tokens[first].start : text.tokens[last - 1].end]
        bracket = inner.find("(")
        if bracket > 0:
            last = next(n for n, t in enumerate(text.tokens) if t.start >= text.tokens[first].start + bracket)
            inner = inner[:bracket].strip()
        for separator in (": ", " - ", " – ", " — "):
            head, found, rest = inner.partition(separator)
            if (
                found
                and len(head.split()) < 3
                and re.search(r"\d|component|service|step|part", head, re.IGNORECASE)
            ):
                inner = rest
        parts = words_of(inner)
        if (
            not parts
            or len(parts) > 5
            or (parts[0] in STOP and len(parts) > 1)
            or all(p in _SECTION for p in parts)
            or parts[0] in lexicon()
        ):
            return []
        role = next(
            (r for k in range(min(4, len(parts)), 0, -1) if (r := self.roles.get(" ".join(parts[-k:])))), None
        )
        technology = load().technology(inner)
        mention = Mention(number, first, last, inner, "heading", technology.id if technology else None, role)
        mention.key = keys(inner)[1]
        mention.bare = role is not None and " ".join(parts) in self.roles
        return [mention]

    def _named_cell(self, text: Sentence) -> bool:
        """Return whether the first cell of a row names something: by its marks, its capital, or the head of its column."""
        token, passage = text.tokens[0], text.passage
        if not re.fullmatch(r"[A-Za-z][\w.-]*(?: [\w.-]+){0,3}", text.text.strip()):
            return False
        head = passage.columns[0] if passage.columns else ""
        if text.marked(token.start, text.tokens[-1].end, "code", "link", "strong") or token.text[0].isupper():
            return True
        return bool(
            re.search(
                r"\b(?:component|service|application|app|system|container|process|module|worker|store|database|name)\b",
                head,
                re.IGNORECASE,
            )
        )

    def _labels(self, text: Sentence, found: list[Mention]) -> None:
        """Mark the mention that a list item or cell begins with and explains: "**Orders**: takes orders"."""
        if text.passage.form not in ("list", "table", "prose") or (
            text.start > 0 and text.passage.form != "table"
        ):
            return
        first = next((m for m in found if m.first <= 1), None)
        head = re.match(r"\W*([^:–—.]{2,60}?)\s*(?::|\s[-–—]\s|\s*\([^)]*\)\s*:)", text.text)
        whole = text.passage.form == "table" and text.text == (
            text.passage.cells[0] if text.passage.cells else ""
        )
        if whole:
            if (
                first is not None
                and first.last - first.first >= len([t for t in text.tokens if t.is_word]) - 1
            ):
                first.label = True
            elif first is None and 0 < len(text.tokens) <= 4 and self._named_cell(text):
                last = len(text.tokens)
                mention = self._mention(_number(self.texts, text), 0, last, "label")
                mention.label = True
                found.insert(0, mention)
            return
        if head is None:
            if first is not None and first.first <= 1 and text.passage.form == "list":
                after = [t.lower for t in text.tokens[first.last : first.last + 2]]
                first.label = (
                    first.strong
                    or ((first.code or first.link) and first.first == 0)
                    or (after[:1] == [","] and after[1:] in (["a"], ["an"], ["the"], ["which"]))
                )
            return
        end = head.end(1)
        if first is not None and text.tokens[first.last - 1].end >= end - 1:
            first.label = True
        elif text.passage.form == "list" and (
            text.marked(text.tokens[0].start, end, "strong", "code") or head[1].istitle()
        ):
            covered = [n for n, t in enumerate(text.tokens) if t.end <= end]
            if covered and len(covered) <= 5 and not any(m.first <= covered[-1] for m in found):
                mention = self._mention(_number(self.texts, text), covered[0], covered[-1] + 1, "label")
                mention.label = True
                found.insert(0, mention)


def _number(texts: Sequence[Sentence], text: Sentence) -> int:
    return next(n for n, t in enumerate(texts) if t is text)


def _titled(text: Sentence, n: int) -> bool:
    """Return whether most words around are capitalised, as in a title: then a capital says nothing."""
    words = [t for t in text.tokens if t.is_word and len(t.text) > 3]
    return len(words) > 2 and sum(t.text[0].isupper() for t in words) > 0.7 * len(words)


def _call(text: Sentence, token: Token) -> bool:
    """Return whether a code name is a function, path, option or file rather than a thing that runs."""
    after = text.text[token.end : token.end + 2]
    before = text.text[max(0, token.start - 1) : token.start]
    return (after.startswith(("(", "=", "/", ":/", ".")) and after[1:2] not in (" ", "")) or before in (
        "/",
        ".",
        "-",
        "@",
        "$",
        "<",
        "{",
        "=",
    )
