"""A document set read as candidates and steps: the state that extraction goes through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from buttress.model import Component
from buttress.names import keys, words_of
from buttress.prose.candidates import PARTS, Candidate, group
from buttress.prose.candidates.absent import is_absent
from buttress.prose.candidates.bare import resolve_bare, served_by
from buttress.prose.candidates.called import add_names
from buttress.prose.candidates.coreference import names_well, one_and_the_same
from buttress.prose.candidates.defined import Defined, is_about_folder, only_code
from buttress.prose.candidates.described import is_told, listed_parts, tells_how_it_is_built
from buttress.prose.candidates.evidence import Table
from buttress.prose.candidates.filled import written_with
from buttress.prose.candidates.forest import SHORT, enough, likelihood
from buttress.prose.candidates.labelled import acting_labels
from buttress.prose.candidates.no_part import (
    heads_parts,
    is_account,
    is_framework,
    is_instance,
    is_library,
    is_no_part,
    is_only_way_in,
    is_watching,
    is_wire,
    joins_several,
    spoken_by,
    titles_of_lists,
)
from buttress.prose.candidates.records import (
    is_carried,
    is_handled,
    is_of_code,
    is_record,
    lists_fields,
    said_to_be_carried,
    said_to_be_handled,
)
from buttress.prose.candidates.weighed import (
    decided,
    is_only_weighed,
    is_weighed,
    is_wished,
)
from buttress.prose.caseless import Caseless
from buttress.prose.flows import Step, steps
from buttress.prose.flows.fields import fields
from buttress.prose.flows.lists import listed
from buttress.prose.flows.made_of import made_of
from buttress.prose.flows.numbered import broker_of, list_of, step_number
from buttress.prose.flows.subjects import owners, points_back, subjects
from buttress.prose.mentions import Finder
from buttress.prose.mentions.again import name_again
from buttress.prose.mentions.interfaces import offer
from buttress.prose.mentions.nouns import AROUND, COLLECTIVES, FIELD, NOBODY, OF_CODE, PROTOCOLS, WHOLE
from buttress.prose.mentions.sections import acting_titles, says_only_what, shown_to_act, titled_parts
from buttress.prose.mentions.spelling import Mention
from buttress.prose.stances.claims import words_of as place_of
from buttress.prose.stances.items import is_unbuilt
from buttress.prose.stances.leads import Leads
from buttress.prose.text import Prose, Sentence, titles_of

MAX_EVERYONE = 12  # "all services" of a larger system are rarely all
POSSIBLE = 0.1  # likelihood from which on a sentence that defines a component is believed
# The share of the other labels of a list that are components, how many others there must be, and the likelihood from which on one beside them is.
LISTED, SIBLINGS, UNLIKELY = 0.75, 2, 0.05
# A line that says what sort of thing its title names, and sections on what only developers use.
_SORT = Caseless(
    r"^\W*(?:type|technolog(?:y|ies)|(?:tech(?:nology)? )?stack|framework|language|runtime|built (?:with|on|in))\W*:"
)
_TOOLING = Caseless(r"^\W*(?:dev(?:elop(?:ment|er))?|build|testing) tool(?:s|ing|chain)?\W*$")
# Sections that list what parts are made with: whose name the vocabulary doesn't know is none of them.
_STACK = Caseless(r"^\W*(?:tech(?:nolog(?:y|ies)|nical)?(?: stack)?|(?:the )?stack|built with|tech used)\W*$")
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight")


class Reading:
    """Sentences, mentions, candidates with their scores, and steps of one text."""

    def __init__(
        self,
        prose: Prose,
        known: Sequence[Component],
        defined: frozenset[str] = frozenset(),
        records: frozenset[str] = frozenset(),
    ) -> None:
        """Read all of it; `known` are the components that drawings and configuration show, `defined` and `records` names of the code."""
        self.code = Defined(defined, records)
        self.texts: list[Sentence] = prose.sentences
        leads = Leads(self.texts)
        self.unbuilt = frozenset(
            n for n, t in enumerate(self.texts) if is_unbuilt(place_of(t, leads.above(t)))
        )
        self.fields = frozenset(
            n
            for n, t in enumerate(self.texts)
            if t.passage.form == "list" and lists_fields(leads.above(t), t.passage.headings)
        )
        finder = Finder(self.texts, known)
        self.mentions: list[list[Mention]] = [finder.find(n) for n in range(len(self.texts))]
        add_names(self.texts, self.mentions)
        acting = acting_titles(self.texts, self.mentions)
        titled = titled_parts(self.texts, self.mentions)
        name_again(self.texts, self.mentions, titled)
        titled = dict.fromkeys(acting, False) | titled
        items = (finder.needed.keys(), finder.enumerated.keys())
        self.needed, self.listed = ({m.key for n in ns for m in self.mentions[n] if m.label} for ns in items)
        self.listed |= {m.key for m in finder.parts}
        self.carried = subjects(self.texts, self.mentions, owners(self.texts, self.mentions, known), titled)
        # Keys of the headings whose text begins by saying what they are.
        self.described: set[str] = set()
        self.sections = [self.mentions[n][0] for n, runs in titled.items() if runs]
        self._refer()
        self.components = known
        self.kinds = {keys(c.name)[1]: c.kind for c in known}
        self.data = said_to_be_carried(self.texts, self.mentions)
        self.work = said_to_be_handled(self.texts)
        self.candidates: list[Candidate] = group(self.texts, self.mentions, self.kinds)
        made_with = {keys(c.name)[1]: c.technology for c in known}
        for candidate in self.candidates:
            candidate.shown = made_with.get(candidate.key) if candidate.known else None
        self.steps: list[Step] = []
        self.decided = decided(self.texts)
        # A paragraph or list of steps, and the broker that it spoke of last.
        carrier: tuple[object, Mention] | None = None
        for text, found, subject in zip(self.texts, self.mentions, self.carried, strict=True):
            if found and text.passage.form != "heading" and not is_wished(text.passage.headings):
                place = list_of(text) if step_number(text) is not None else text.number
                broker = carrier[1] if carrier is not None and carrier[0] == place else None
                told = steps(text, found, subject, broker)
                if text.place in self.unbuilt:
                    told = [replace(step, planned=True) for step in told]
                self.steps += told
                spoken_of = broker_of(found, told)
                carrier = (place, spoken_of) if spoken_of is not None else carrier
        self.steps += [
            Step(source.meant(), target.meant(), kind, number, carried=True)
            for source, target, kind, number in (
                *listed(self.texts, self.mentions, self.carried),
                *fields(self.texts, self.mentions, self.carried),
                *made_of(self.texts, self.mentions, self.carried),
            )
            if not is_wished(self.texts[number].passage.headings)
        ]
        self.sections += shown_to_act(acting, self.mentions, [(s.source, s.target) for s in self.steps])
        self.listed |= acting_labels(self.texts, self.mentions, self.steps)
        self.actors = {s.source.key for s in self.steps}
        self.title = frozenset(w for title in titles_of(self.texts) for w in words_of(title))
        forms = {e.form for c in known for e in c.evidence}
        self.drawn = "diagram" in forms
        self.configured = "config" in forms or (
            "code" in forms and not any(tells_how_it_is_built(t.passage) for t in self.texts)
        )
        self.enough = enough(self.texts, beside=self.configured or "code" in forms)
        self.by_key = {c.key: c for c in self.candidates}
        self._introduce()
        self._score()

    @property
    def accepted(self) -> dict[str, Candidate]:
        """Return the candidates that count as components, by key."""
        return {
            c.key: c
            for c in self.candidates
            if c.known or (c.score >= self.enough and not self._is_only_to_come(c))
        }

    def _is_only_to_come(self, candidate: Candidate) -> bool:
        """Return whether only tasks that aren't done, what is missing and what isn't chosen name a candidate."""
        return bool(self.unbuilt) and all(
            m.sentence in self.unbuilt or self._rejected(m) for m in candidate.mentions
        )

    def everyone(self, said: Mention, but: Mention) -> list[Candidate]:
        """Return whom "all microservices" means: the services of the system other than `but`; nobody where a number differs.

        What sources other than the text show decides; else the services that the text names.
        """
        words = self._counted(said)
        if words is None:
            return []
        said_so = {c.key for c in self.candidates if c.role() == "service" and not self._is_many(c)}
        services = [k for k, kind in self.kinds.items() if kind == "service"] if self.kinds else said_so
        found = [c for k, c in self.accepted.items() if k in services and k != but.key]
        number = next((n for n, w in enumerate(_NUMBERS, 2) if w in words), len(found))
        return found if 2 <= len(found) <= MAX_EVERYONE and number == len(found) else []

    def _introduce(self) -> None:
        """Add the services that other sources show and the text names only together: "all the microservices"."""
        said = next((s.target for s in self.steps if self._counted(s.target) is not None), None)
        for component in self.components if said is not None else ():
            key = keys(component.name)[1]
            if said is not None and component.kind == "service" and key not in self.by_key:
                mention = replace(said, surface=component.name, how="known", key=key, role=None, bare=False)
                self.by_key[key] = Candidate(key, [mention], known=True)
                self.candidates.append(self.by_key[key])

    def _counted(self, said: Mention) -> list[str] | None:
        """Return the words before a word for all parts of the system, None for other mentions: "the three microservices"."""
        if said.surface.lower().replace("-", "") not in COLLECTIVES:
            return None
        tokens = self.texts[said.sentence].tokens
        words = [t.lower for t in tokens[max(0, said.first - 3) : said.first + 1]]
        behind = [t.lower for t in tokens[said.last : said.last + 5]]
        return words if WHOLE.intersection(words) and not AROUND.intersection(behind) else None

    def _is_many(self, candidate: Candidate) -> bool:
        return not candidate.known and all(self._counted(m) is not None for m in candidate.mentions)

    def _refer(self) -> None:
        """Tell what mentions only point back or describe: in "this script uploads them" it is the subject carried so far that acts."""
        for text, found, subject in zip(self.texts, self.mentions, self.carried, strict=True):
            if found and text.passage.form != "heading":
                offer(text, found, subject)
            if subject is None or not found or subject is found[0]:
                continue
            if _SORT.match(text.text):
                for mention in found:
                    if mention.how == "role" and mention.of is None and subject.how in ("heading", "known"):
                        mention.of = subject  # "Technology: Go HTTP server", below a title
            if points_back(text, found[0]):
                found.pop(0)
            elif says_only_what(text, found[0]):
                found[0].of = subject
                if subject.how == "heading" and found[0].role not in (
                    None,
                    "other",
                    "library_or_module",
                    "actor",
                ):
                    self.described.add(subject.key)

    def _score(self) -> None:
        """Say of every candidate how likely it is a component, and what the bare roles mean ("the database")."""
        self.told = {m.key for s in self.steps for m in (s.source, s.target)}
        self.table = Table(
            self.candidates,
            self.texts,
            self.mentions,
            self.steps,
            title=self.title,
            drawn=self.drawn,
            configured=self.configured,
        )
        self.only_code = only_code(self.candidates, self.texts, self.mentions, self.code)
        self.titled = {m.key for m in self.sections}
        rows = listed_parts(self.texts, self.mentions)
        self.titles = titles_of_lists(self.texts, self.mentions)
        short = len(self.texts) < SHORT
        for candidate, evidence in zip(self.candidates, self.table.rows, strict=True):
            none = self._is_none(candidate)
            candidate.score = 0.0 if none else max(likelihood(row, short=short) for row in evidence)
            stated = (
                candidate.key in rows
                or candidate.key in self.described
                or candidate.key in self.needed
                or (not self.configured and candidate.key in self.titled and candidate.score > UNLIKELY)
                or (not self.configured and candidate.called and candidate.score > POSSIBLE)
                or (not self.configured and candidate.key in self.listed)
                or (not self.configured and candidate.score > POSSIBLE and is_told(candidate, self.texts))
            )
            if stated and not none:
                candidate.score = max(candidate.score, self.enough)
        self._side_by_side()
        self._resolve()
        self._identify()
        self._resolve()

    def _side_by_side(self) -> None:
        """Let the label of a list be a component whose other labels nearly all are: whoever lists Stager, Nsync and TPS lists three of one sort."""
        accepted = frozenset(c.key for c in self.candidates if c.known or c.score >= self.enough)
        for candidate in self.candidates:
            if not UNLIKELY <= candidate.score < self.enough:
                continue
            labels = [m for m in candidate.mentions if m.label]
            beside, among = self.table.catalogue.listed.others(candidate.key, accepted)
            if (
                any(self.texts[m.sentence].passage.form != "table" for m in labels)
                and beside >= SIBLINGS
                and among >= LISTED * beside
            ):
                candidate.score = self.enough

    def _resolve(self) -> None:
        """Put together what only says a role ("the database") with the component that it must mean."""
        servers = {keys(c.name)[1] for c in self.components if c.technology is None}
        told = {m.key for s in self.steps for m in (s.source, s.target)}
        meant = resolve_bare(self.candidates, self.kinds, enough=self.enough, told=told, points=self._points)
        meant |= served_by(self.candidates, self.kinds, servers)
        meant |= spoken_by(self.candidates, self.kinds, enough=self.enough)
        for key, whole in meant.items():
            bare = self.by_key.pop(key)
            for mention in bare.mentions:
                mention.key = whole.key
            whole.mentions += bare.mentions
        self.candidates = [c for c in self.candidates if c.key not in meant]

    def _points(self, mention: Mention) -> bool:
        """Return whether a mention means one that is known: "the worker", "Workers", but not "a pool of workers"."""
        tokens = self.texts[mention.sentence].tokens
        before = tokens[mention.first - 1].lower if mention.first else ""
        return before not in ("of", "some", "more", "additional", "several", "any")

    def _identify(self) -> None:
        """Put together the components that the text calls by several names."""
        components = list(self.accepted.values())
        gone: dict[int, Candidate] = {}
        same = one_and_the_same(
            components, self.texts, self.kinds, self._whole(), written_with(self.mentions)
        )
        for lead, other in same:
            while id(lead) in gone:
                lead = gone[id(lead)]
            if id(other) in gone or lead is other:
                continue
            if other.known:
                lead, other = other, lead
            gone[id(other)] = lead
            lead.named = max((lead, other), key=names_well).name
            self.by_key.pop(other.key, None)
            for mention in other.mentions:
                mention.key = lead.key
            lead.mentions += other.mentions
        self.candidates = [c for c in self.candidates if id(c) not in gone]

    def _whole(self) -> Sequence[str]:
        """Return the words of the title of a text that has one, and names that stand alone and begin those of several parts."""
        titles = titles_of(self.texts)
        names = [words_of(c.name) for c in self.candidates]
        firsts = Counter(words[0] for words in names if len(words) > 1)
        alone = {
            c.key
            for c in self.candidates
            if any(m.how == "proper" and m.capital for m in c.mentions) and c.role() is None
        }
        own = [w for w, parts in firsts.items() if parts >= PARTS and w in alone and w not in PROTOCOLS]
        return (*(words_of(titles[0]) if len(titles) == 1 else ()), *own)

    def _is_none(self, candidate: Candidate) -> bool:
        """Return whether a candidate can't be a component, whatever speaks for it."""
        return not candidate.known and (
            all(map(self._rejected, candidate.mentions))
            or is_only_weighed(
                candidate,
                self.texts,
                frozenset() if candidate.key in self.told else self.decided,
                lambda m: self._rejected(m) or m.sentence in self.unbuilt,
            )
            or all(
                (m.aside and m.bare) or (m.of is not None and m.of.key != candidate.key)
                for m in candidate.mentions
            )
            or candidate.key in self.only_code
            or self._is_many(candidate)
            or is_no_part(candidate, self.texts)
            or NOBODY.issuperset(words_of(candidate.name))
            or FIELD.fullmatch(candidate.name) is not None
            or (candidate.technology() is None and (words_of(candidate.name) or ("",))[-1] in OF_CODE)
            or (candidate.key not in self.titled and is_record(candidate, self.texts, self.fields))
            or is_of_code(candidate, self.texts)
            or is_carried(candidate, self.data)
            or is_handled(candidate, self.work, self.actors)
            or joins_several(candidate, self.by_key)
            or is_only_way_in(candidate, self.actors)
            or heads_parts(candidate, self.texts, self.titles)
            or is_watching(candidate, self.steps)
            or is_wire(candidate, self.candidates, self.kinds)
            or is_account(candidate, self.by_key)
            or is_library(candidate)
            or (self.configured and is_framework(candidate))
        )

    def _rejected(self, mention: Mention) -> bool:
        """Return whether a mention speaks of what isn't chosen, or of a folder of the code."""
        text = self.texts[mention.sentence]
        if (text.passage.source, text.passage.headings) in self.decided:
            return False  # it tells of the option that was chosen
        if any(_TOOLING.match(h) for h in text.passage.headings[-1:]) or is_instance(text, mention):
            return True
        if is_absent(text, mention):
            return True
        unknown = mention.label and mention.kind() is None
        if unknown and any(_STACK.match(h) for h in text.passage.headings[-1:]):
            return True
        if self.code and is_about_folder(text.text):
            return True  # the code itself shows what of it runs
        return is_weighed(mention, self.texts)
