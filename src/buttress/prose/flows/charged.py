"""Who is told or charged to act: "triggers *the indexer* to refresh …", "*the gateway*'s job is to pass …"."""

from __future__ import annotations

from buttress.prose.flows.clause import Clause
from buttress.prose.flows.constructions import owns
from buttress.prose.flows.voice import BE
from buttress.prose.mentions.spelling import Mention
from buttress.prose.verbs import lexicon
from buttress.prose.words import DETERMINERS, PALE
from buttress.vocabulary import load

_TELLING = frozenset(
    "ask tell instruct trigger notify cause order command prompt signal force inform wake let allow enable".split()
)
_TOLD = (
    ["to"],
    *(
        ["so", *that, who, may]
        for that in ([], ["that"])
        for who in ("it", "they")
        for may in ("can", "may", "will")
    ),
)
_JOBS = frozenset("job role task purpose responsibility function goal duty aim work responsibilities".split())
_FAR = 24  # words from what somebody's job is to the last thing that belongs to it
_LEFT_TO = frozenset("done handled performed left delegated entrusted managed".split())
_NEXT = frozenset("then first finally now next please simply just afterwards later again also ,".split())


def is_language(mention: Mention) -> bool:
    """Return whether a mention is what things are made of: it does nothing itself."""
    technology = load().technologies.get(mention.technology or "")
    return (
        mention.how == "technology"
        and technology is not None
        and technology.role in ("framework", "library")
        and technology.kind in ("other", "library_or_module")
    )


class Charged(Clause):
    """A clause, and who acts in it because another word gives them the work."""

    def _told(self, n: int) -> Mention | None:
        """Return who is told to act: "triggers the indexer to refresh …", "notifies the indexer so that it can refresh …"."""
        for words in _TOLD:
            k = n - len(words)
            if [t.lower for t in self.tokens[max(0, k) : n]] == words and (
                told := self.at.get(k - 1)
            ) is not None:
                verb = self.verbs.get(self._before_name(told))
                return told if verb is not None and verb.base in _TELLING and not verb.participle else None
        return None

    def _whose_job(self, n: int) -> Mention | None:
        """Return whose job it is to act: "the gateway's main job is to pass …", "the purpose of the indexer is to read …"."""
        if self.verbs[n].gerund and n <= 1 and (told := self._charged_with(n)) is not None:
            return told
        for k in range(n - 1, max(0, n - _FAR), -1):
            if self.tokens[k].lower not in BE or self.tokens[k + 1].lower not in ("to", "that"):
                continue
            words = [t.lower for t in self.tokens[max(0, k - 4) : k]]
            owner = next(
                (m for m in self.mentions if m.last <= k and k - m.last <= 3 and owns(self.text, m)), None
            )
            if owner is not None and words and words[-1] in _JOBS:
                return owner
            named = self.at.get(k - 1)
            before = self._before_name(named) if named is not None else 0
            if before > 0 and self.tokens[before].lower == "of" and self.tokens[before - 1].lower in _JOBS:
                return named
        return None

    def _charged_with(self, n: int) -> Mention | None:
        """Return whom a gerund that begins a sentence is left to: "Sending mails by SendGrid is the responsibility of *the notifier*"."""
        for mention in self.mentions:
            before = [t.lower for t in self.tokens[max(n, mention.first - 7) : mention.first]]
            before = [w for w in before if w not in DETERMINERS]
            if before[-3:-2] in (["is"], ["are"]) and before[-1] == "of" and before[-2] in _JOBS:
                return mention
            if before[-3:-2] in (["is"], ["are"]) and before[-1] in ("by", "to") and before[-2] in _LEFT_TO:
                return mention
        return None

    def _agent_using(self, n: int) -> Mention | None:
        """Return who uses something in "identities are managed by the auth service using LDAP"; `n`: the gerund."""
        agent = self.at.get(self._before_signs(n - 1)) if n else None
        if agent is None or self.verbs[n].base != "use" or not self.verbs[n].gerund:
            return None
        return agent if self.tokens[self._before_article(agent)].lower == "by" else None

    def _instrument(self, n: int) -> list[Mention]:
        """Return what does the work in "we use Zuul to route requests to …"."""
        before = [m for m in self.mentions if m.last < n]
        used = next(
            (
                m
                for m in before
                if (v := self.verbs.get(self._before_called(m))) and v.base in ("use", "utilise")
            ),
            None,
        )
        return [used] if used is not None and not is_language(used) else []

    def _before_called(self, mention: Mention) -> int:
        """Return the place of the word before a mention, or before what it is said to be: "*use* a tool called `sweeper`"."""
        n = self._before_name(mention)
        if n < 2 or self.tokens[n].lower not in ("called", "named"):
            return n
        k = n - 2  # over the noun that is called so
        while k > 0 and (self.tokens[k].lower in DETERMINERS or self.tokens[k].lower in PALE):
            k -= 1
        return k

    def _commanded(self, n: int) -> bool:
        """Return whether a sentence of running text tells its reader to do something: "Then make a call to …", "To fill the database, run …"."""
        if self.text.passage.form != "prose":
            return False
        start = 0
        if self.tokens[0].lower == "to":
            start = next((k + 1 for k, t in enumerate(self.tokens) if t.text == ","), 0)
        while start < len(self.tokens) and self.tokens[start].lower in _NEXT:
            start += 1
        if start == 0:
            return False  # a decision is written so too: "Store the sessions in Redis"
        verb = (
            lexicon().get(self.tokens[start].lower)
            if start < len(self.tokens) and start not in self.at
            else None
        )
        after = self.tokens[start + 1].lower if start + 1 < len(self.tokens) else ""
        return (
            n <= start
            and verb is not None
            and verb.plain
            and (after in DETERMINERS or (start + 1) in self.at)
        )
