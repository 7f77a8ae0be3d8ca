"""Verbs of architecture: what flow a verb and the preposition before its object speak of, and in which direction."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

# kind of flow, verbs in their plain form, and what may stand between the verb and the thing ("" is nothing)
_GROUPS: tuple[tuple[str, str, str], ...] = (
    ("reads", "read fetch get pull retrieve load query search download obtain collect scrape select find extract import look grab capture acquire ingest derive prefetch", "from in against via through over"),
    ("reads", "query scrape read poll dump crawl snapshot tail replay", " "),
    ("reads", "join combine merge aggregate visualise visualize plot display show render enrich analyse analyze summarise summarize serve mirror", "from"),
    ("reads", "fall", "to on"),
    ("reads", "build generate compute compile calculate rebuild populate hydrate", "from"),
    ("writes", "rebuild reindex", " "),
    ("writes", "write store save persist insert ingest upsert put record index archive append upload add commit keep place dump cache backup log enter buffer batch spool stage hold", "to into in on onto"),
    ("writes", "populate update invalidate refresh flush upsert overwrite seed hydrate increment decrement", " "),
    ("publishes", "publish emit produce enqueue queue broadcast", "to on onto into via in through over"),
    ("publishes", "send post push submit announce raise", "on onto over"),
    ("consumes", "consume subscribe listen dequeue poll drain pop", "from to on off via through over "),
    ("routes", "route forward proxy distribute redirect balance dispatch direct tunnel relay terminate", "to between across among into towards "),
    ("routes", "front", " "),
    ("calls", "call invoke use utilise utilize employ access contact notify trigger ask consult hit ping orchestrate monitor watch leverage authenticate start "
     "spawn coordinate query run execute reach probe check wrap hide abstract encapsulate control manage observe supervise drive reconcile serve-from tell inform instruct alert", " "),
    ("calls", "connect talk send post submit report delegate push stream export deliver pass hand sync synchronise synchronize speak make issue "
     "perform open establish transfer transmit expose-to forward ship give return-to propagate respond-to request subscribe upload alert "
     "escalate communicate register proxy go log belong-to link", "to into against via through"),
    ("calls", "communicate connect interact talk integrate interface authenticate register exchange sync coordinate negotiate work check share validate verify", "with via through against over by"),
    ("writes", "update modify delete remove insert create purge clear increment manage track", "in from"),
    ("reads", "check look verify", "in"),
    ("depends_on", "depend rely base build", "on upon"),
    ("reads", "load source", "from"),
    ("writes", "load sink flush commit drain", "into to in"),
    ("consumes", "pick take process handle pull work read", "off"),
    ("consumes", "pick take process handle", "from"),
    ("calls", "point", "to at"),
    ("calls", "request", " "),
    ("calls", "authenticate", "to"),
    ("calls", "fan reach", "to"),
    ("calls", "hook plug tap", "into"),
    ("calls", "notify alert inform warn", "via through over using"),
    ("calls", "share incorporate", " "),
    ("calls", "redirect flow travel go", "to into"),
    ("calls", "come enter arrive go pass", "via through over"),
    ("reads", "need want require", "from"),
    ("writes", "invalidate evict expire bump reset", "in from"),
    ("calls", "retry replay repeat reissue", "against to with"),
    ("writes", "drop deposit sweep spill dispose land place funnel siphon stash unload", "to into in on onto"),
    ("calls", "log sign", "with through via at"),
    ("calls", "hear", "from"),
    ("reads", "scan crunch drain skim sift traverse", " "),
    ("depends_on", "need require expect", " "),
    ("calls", "request fetch ask get", "from"),
    ("reads", "take", "from"),
    ("calls", "validate verify authenticate authorize run check execute introspect", "against via through with using"),
    ("replicates", "replicate mirror copy", "to from into"),
    ("runs_on", "run deploy host install schedule", "on in within"),
)  # fmt: skip
# "X is used by Y": Y starts the flow. "X is backed by Y": X does.
_BY_REVERSED = (
    ("calls", "use call invoke access trigger schedule launch spawn run execute query request monitor manage control watch notify orchestrate drive start power-not "
     "fetch retrieve share keep wrap own"),
    ("reads", "read poll scrape query collect load import ingest pull download crawl"), ("writes", "write update populate fill"), ("consumes", "consume drain"), ("routes", "proxy front route expose balance"),
)  # fmt: skip
_BY_FORWARD = (("depends_on", "back power"),)
# Words that are as often nouns as verbs: verbs only behind a modal, a pronoun or a name.
NOUN_LIKE = frozenset(
    """
        request requests query queries call calls log logs work works run runs build builds use uses access update updates load stream
        record records place report reports process checks check need needs queue store cache result results index sync schedule stores flow flows
    """.split()
)
# Verbs whose particle changes what they say, as a verb that says the same.
_PHRASAL = {
    "kick off": "trigger", "set off": "trigger", "fire off": "trigger", "spin up": "launch", "bring up": "launch", "fire up": "launch", "start up": "launch",
    "pick up": "consume", "take up": "consume", "read out": "read", "read off": "read", "call out": "call", "reach out": "talk", "look up": "query", "write out": "write",
    "come in": "come", "write down": "write", "write back": "write", "work off": "consume", "send out": "send", "send off": "send", "hand off": "pass", "hand over": "pass", "pass on": "pass",
    "pass along": "pass", "ship off": "send", "push out": "push", "pull down": "pull", "fetch down": "fetch", "call back": "call", "report back": "report", "phone home": "call",
}  # fmt: skip
_RECEIVE = ["receive", "accept", "get", "obtain", "take"]
_IRREGULAR = {
    "read": "reads reading read", "send": "sends sending sent", "get": "gets getting got", "write": "writes writing wrote written",
    "put": "puts putting put", "hit": "hits hitting hit", "make": "makes making made", "run": "runs running ran run",
    "find": "finds finding found", "take": "takes taking took taken", "speak": "speaks speaking spoke spoken", "keep": "keeps keeping kept",
    "give": "gives giving gave given", "go": "goes going went gone", "drive": "drives driving drove driven", "have": "has having had",
    "be": "is are was were been being", "do": "does did done doing", "hold": "holds holding held", "let": "lets letting",
    "poll": "polls polling polled", "call": "calls calling called", "log": "logs logging logged", "ship": "ships shipping shipped",
    "submit": "submits submitting submitted", "commit": "commits committing committed", "set": "sets setting", "stop": "stops stopping stopped",
    "drop": "drops dropping dropped", "wrap": "wraps wrapping wrapped", "transfer": "transfers transferring transferred",
    "transmit": "transmits transmitting transmitted", "grab": "grabs grabbing grabbed", "back": "backs backing backed",
    "sync": "syncs syncing synced", "queue": "queues queueing queuing queued", "pop": "pops popping popped", "ping": "pings pinging pinged",
    "begin": "begins beginning began begun", "know": "knows knew known", "see": "sees saw seen", "come": "comes came coming",
    "tell": "tells telling told", "feed": "feeds feeding fed", "bring": "brings bringing brought", "sit": "sits sitting sat", "stand": "stands standing stood",
    "build": "builds building built", "mean": "means meant", "become": "becomes became becoming", "fall": "falls fell falling",
    "bind": "binds binding bound", "freeze": "freezes freezing froze frozen", "seek": "seeks seeking sought", "sell": "sells selling sold",
    "shrink": "shrinks shrinking shrank shrunk", "teach": "teaches teaching taught", "undergo": "undergoes undergoing underwent undergone",
    "undertake": "undertakes undertaking undertook undertaken", "win": "wins winning won", "withdraw": "withdraws withdrawing withdrew withdrawn",
    "overwrite": "overwrites overwriting overwrote overwritten", "oversee": "oversees overseeing oversaw overseen", "quit": "quits quitting",
    "strive": "strives striving strove",
}  # fmt: skip
# Further verbs: they start no flow, but end the reach of the one before.
_OTHERS = """
    be do have contain hold let handle provide allow enable support include represent describe define
    generate create delete process return respond serve power feed expose offer implement perform ensure
    guarantee maintain contain comprise consist act become help receive accept take validate transform
    convert compute calculate parse render display show stop fail crash restart retry wait block set
    know see come build mean fall begin determine decide choose apply assign grow scale limit reduce
    increase avoid prevent protect secure encrypt decrypt sign happen occur exist remain live own belong
    follow lead happen contain track tag sort filter aggregate merge join split migrate replace remove
    introduce move change design prefer recommend want plan consider assume expect appear seem try aim
    add adjust advertise affect alter analyse analyze announce answer approve arrive assemble assert associate attach attempt
    backfill balance batch benefit block boot bootstrap bring buffer bundle cancel carry cause charge clean clear close clone compact
    compare compile complete compress concern configure confirm consolidate construct cope correlate cost cover crawl deal debug decode
    decrease deduplicate degrade depict deprecate detect differ digest disable discard discover distinguish divide document double
    download drain elect eliminate embed emerge encode end enforce enrich enter escape evaluate evict evolve exceed exclude execute expand
    expire explain extend face fan favor favour fill finish fit fix flag flow force form format free fulfil fulfill gain gather give grant
    group guard guide hash help hide identify ignore imply inform inherit initiate inject inspect instantiate interpret involve isolate
    issue iterate join keep kick land last launch lack learn leave lock lose manage map mark match matter measure meet merge mirror mitigate
    mount multiply mutate name negotiate note notice occupy omit operate optimise optimize originate overload override pack page
    participate partition pass pause persist pick plug poke prepare present preserve print proceed prompt propose prove provision prune
    purge queue raise rank rate react rebuild recognise recognize recompute recover redeploy redo reference reflect refuse register reject
    release reload remember rename renew reorder repair repeat represent reproduce require reschedule reserve reset resize resolve resort
    resubmit resume retain retire reuse revert review revoke rewrite roll rotate sample satisfy scan score seal segment separate serialise
    serialize settle shape shard shift shorten shut signal simplify simulate sit skip slow snapshot solve spin stage stand standardise
    stay steer step subset substitute succeed suffer suggest summarise summarize supply suppose surface survive suspend swap switch tail
    tend test throttle throw tie time touch trace trade train trim truncate tune turn uncompress underpin understand undo unpack unregister
    bypass introspect unzip upgrade utilise utilize vary view visit vote wake warm warn weigh wipe worry wrap yield zip
    count crunch tally stash deposit funnel siphon unload correct reject polish plot guess borrow lend rent book cancel ban mute trim
    accelerate accommodate accompany accumulate achieve acknowledge acquire activate adapt adopt allocate amend amplify annotate anonymise anonymize
    assess assist automate await bind browse calibrate capture circumvent coalesce collate concatenate conduct conform constitute constrain
    contribute convey correspond curate customise customize deactivate debounce declare decline decommission decompose decompress decouple defer
    demonstrate denormalize denote derive deserialise deserialize detach deteriorate develop devise diagnose dictate differentiate disconnect dismiss
    disregard diverge divert dockerize earn ease elaborate elevate embrace employ emulate enclose encompass encounter encourage engage enumerate equip
    erase examine exhaust expedite facilitate finalise finalize flatten foster freeze govern halt harden hydrate illustrate impersonate impose improve
    incorporate incur infer ingest inhibit initialise initialize insulate intend intercept interfere interleave invite leak localise localize maximise
    maximize mediate memoize minimise minimize narrow navigate necessitate neglect nominate normalise normalize obscure offload onboard opt outsource
    overlap oversee overwhelm overwrite paint parallelise parallelize peek penalize permit personalise personalize postpone precede precompute predict
    prefetch preload pretend prioritise prioritize privatize procure prohibit promote provoke purchase pursue qualify quantify quarantine quit
    randomise randomize reassemble reassign rebalance reboot reconnect reconstruct recreate recur recycle redact redeem redistribute reevaluate
    refactor refetch refine reformat regard regenerate regulate rehydrate reindex reinforce relax relocate remap remind repackage repopulate repurpose
    requeue rescale resemble reside resubscribe resync retrain revalidate reveal revise rewire sanitise sanitize scatter seed seek sell sequence
    shrink shuffle sniff solicit specialise specialize specify spill squash stabilise stabilize stitch strengthen strive subdivide supersede surround
    swallow synthesise synthesize tackle tamper teach tether tokenise tokenize tolerate transcode transcribe translate transpile traverse troubleshoot
    trust unblock undergo undertake unify unlock unmarshal unsubscribe unwrap upsert vanish violate weaken win withdraw
""".split()


_SHORT = re.compile(r"[^aeiou][aeiou][bdglmnprt]$")  # its last letter may be written twice before an ending


class Verb(NamedTuple):
    """A form of a verb: its plain form and whether the form can be passive or a noun-like one."""

    base: str
    participle: bool
    gerund: bool
    plain: bool

    @property
    def third(self) -> bool:
        """Return whether a form is no other than the third person, which only a verb that acts in its clause has.

        >>> lexicon()["sends"].third, lexicon()["sent"].third
        (True, False)
        """
        return not (self.plain or self.participle or self.gerund)


def forms(base: str) -> dict[str, Verb]:
    """Return all forms of a verb.

    >>> sorted(forms("route"))
    ['route', 'routed', 'routes', 'routing']
    """
    out = {base: Verb(base, base in ("read", "put", "hit", "run", "set"), False, True)}
    if base in _IRREGULAR:
        for form in _IRREGULAR[base].split():
            out[form] = Verb(base, not form.endswith(("s", "ing")), form.endswith("ing"), form == base)
        if base in ("be",):
            out = {f: Verb("be", False, f == "being", False) for f in [base, *_IRREGULAR[base].split()]}
        return out
    if base.endswith("e"):
        past, gerund, third = base + "d", base[:-1] + "ing", base + "s"
    elif base.endswith("y") and base[-2] not in "aeiou":
        past, gerund, third = base[:-1] + "ied", base + "ing", base[:-1] + "ies"
    elif base.endswith(("s", "sh", "ch", "x", "z")):
        past, gerund, third = base + "ed", base + "ing", base + "es"
    else:
        past, gerund, third = base + "ed", base + "ing", base + "s"
    out[third] = Verb(base, False, False, False)
    out[past] = Verb(base, True, False, False)
    out[gerund] = Verb(base, False, True, False)
    if _SHORT.search(base):  # "emitting", "planned"
        out[f"{base}{base[-1]}ed"] = Verb(base, True, False, False)
        out[f"{base}{base[-1]}ing"] = Verb(base, False, True, False)
    return out


def third_person(word: str) -> bool:
    """Return whether a word has the ending of a verb in the third person.

    >>> third_person("crunches"), third_person("status"), third_person("access")
    (True, False, False)
    """
    return len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is", "'s", "’s"))


def unknown_verb(word: str) -> Verb:
    """Return what a verb that the lexicon lacks is by its ending, itself as its plain form.

    >>> unknown_verb("crunches").participle, unknown_verb("counted").participle
    (False, True)
    """
    return Verb(word, word.endswith("ed"), False, False)


@cache
def lexicon() -> dict[str, Verb]:
    """Return every known form of every known verb.

    >>> lexicon()["published"].base
    'publish'
    """
    out: dict[str, Verb] = {}
    bases = [v for _, verbs, _ in _GROUPS for v in verbs.split() if "-" not in v]
    bases += [v for _, verbs in (*_BY_REVERSED, *_BY_FORWARD) for v in verbs.split() if "-" not in v]
    for base in dict.fromkeys((*bases, *_RECEIVE, *_OTHERS)):
        for form, verb in forms(base).items():
            out.setdefault(form, verb)
    return out


@cache
def _objects() -> dict[tuple[str, str], str]:
    out: dict[tuple[str, str], str] = {}
    for kind, verbs, prepositions in _GROUPS:
        listed = prepositions.split() + (
            [""] if prepositions != prepositions.strip() or prepositions == " " else []
        )
        for verb in verbs.split():
            for preposition in listed:
                out.setdefault((verb, preposition), kind)
    return out


def flow_of(base: str, preposition: str) -> str | None:
    """Return the kind of flow from the subject of a verb to what stands behind the preposition.

    >>> flow_of("publish", "to"), flow_of("use", ""), flow_of("send", "from")
    ('publishes', 'calls', None)
    """
    return _objects().get((base, preposition))


def flow_by(base: str) -> tuple[str, bool] | None:
    """Return, for "X is VERBed by Y", the kind of flow and whether Y starts it.

    >>> flow_by("use"), flow_by("back"), flow_by("write")
    (('calls', True), ('depends_on', False), ('writes', True))
    """
    for kind, verbs in _BY_REVERSED:
        if base in verbs.split():
            return kind, True
    for kind, verbs in _BY_FORWARD:
        if base in verbs.split():
            return kind, False
    return None


def phrasal(base: str, particle: str) -> str | None:
    """Return the verb that says the same as a verb with its particle.

    >>> phrasal("pick", "up"), phrasal("send", "to")
    ('consume', None)
    """
    return _PHRASAL.get(f"{base} {particle}")


def receives(base: str) -> bool:
    """Return whether the subject of the verb is the one that something comes to: "X receives events from Y"."""
    return base in ("receive", "accept")


@cache
def flow_verbs() -> frozenset[str]:
    """Return the plain forms of all verbs that start a flow.

    >>> "publish" in flow_verbs(), "contain" in flow_verbs()
    (True, False)
    """
    return frozenset(verb for _, verbs, _ in _GROUPS for verb in verbs.split())
