"""Words and spellings that tell names of things that run from other nouns."""

from __future__ import annotations

import re

from buttress.prose.caseless import Caseless

MAX_WORDS = 5
AGENT = Caseless(r"[a-z]{3,}(?:er|or|ers|ors)")
NO_AGENT = frozenset(
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
        tester container containers tier breaker
    """.split()
)
IDENTIFIER = re.compile(
    r"[A-Za-z][a-z0-9]*(?:[-_][a-z0-9]+)+|[a-z][a-z0-9]{2,}|(?:[A-Z][a-z0-9]+){2,}|[A-Z]{2,6}[a-z]?", re.ASCII
)
GLUED = re.compile(
    r"[a-z]{3,}?(service|server|worker|gateway|proxy|db|database|queue|cache|broker|store|api|frontend|backend|scheduler|controller|processor|consumer)s?"
)
HYPHENED = re.compile(r"[a-z][a-z0-9]+(?:-[a-z0-9]+)+")
# What follows the name of a server when the thing is no server: its account, its library.
MEANS = frozenset(
    "client user users account accounts driver drivers bindings plugin plugins extension extensions sdk role roles chart charts manifest manifests playbook playbooks".split()
)
NO_NAME = re.compile(
    r"-(?:based|defined|supplied|provided|generated|specified|managed|side|time|level|specific|only|up|in|out|end|ends|wide|like|driven|aware|friendly|ready|safe|free|oriented|term|hosted|source|"
    r"by|of|the|to|on|off|down|facing|available|scale|scaling|sized|use|world|first|last|party|prem|value|day|hour|minute|second|way|"
    r"domain|case|box|purpose|user|tenant|language|grade|critical|cutting|balanced|blocking|null|through|aside|ahead|behind|house|\d+)$|"
    r"^(?:high|low|multi|non|pre|re|self|un|semi|sub|super|anti|auto|well|long|short|single|two|three|co|read|write|open|cross|real|"
    r"end|per|fire|at|on|in|up|one|day|go|so|non|third|first|full|hard|fine|coarse|large|small|event|data|run|built|e|x|utf|sha|md|iso|rfc|http)-"
)
# What a name in code style may stand before: "the `mail_scheduler` process", not "the `mail_scheduler` option".
RUNS = frozenset("process container pod component deployment dyno instance unit lambda".split())
# Words for the copies of a thing that runs: "each API pod connects to …" is the API.
INSTANCES = frozenset(
    "pod pods instance instances replica replicas process processes container containers dyno dynos deployment".split()
)
# What a broker or store keeps things in: "the orders topic in Kafka" is Kafka.
HOLDERS = frozenset(
    "topic topics queue queues stream streams channel channels exchange table tables bucket buckets collection collections index subject".split()
)
VERSION = re.compile(r"v\d[\w.]*")  # "the API V2" is the API
# Verbs that are nouns in the names of parts: a title that begins with one and ends in a role tells nobody to do anything, "Search service".
NAMING = frozenset(
    """
        search query stream store index cache report order route audit alert archive batch document download email feed filter link mail map match
        message mirror page proxy queue rate record replay request score snapshot source sync time trace track trade transfer trigger upload vote log
        control count crawl issue offer post group sample signal
    """.split()
)
# What goes from one component to another: "frontend errors go to Sentry" is a flow of the frontend.
MOVED = frozenset(
    """
        errors events logs metrics traces requests messages data alerts notifications traffic queries calls jobs tasks results responses
        emails mails uploads files updates changes reports records images
    """.split()
)
PARTICLES = frozenset("up off out over back down away together in into on onto".split())
# Acronyms of formats, protocols and measures: nothing that runs.
NO_THING = frozenset(
    """
        tls ssl http https tcp udp ip grpc rest soap json xml yaml toml csv tsv html css js sql nosql url urls uri uris uuid ulid jwt jwts
        oauth oauth2 oidc saml mime ascii utf cpu cpus ram gpu gpus ssd hdd io crud gdpr pii sla slas slo slos sli rpo rto faq todo tbd mvp
        api apis ui sdk cli ide pr prs ci cd id ids pdf png jpg svg gif kb mb gb tb qps rps tps ttl acid base cap mvcc crdt orm dto dsl
        rpc rpcs rfc pep adr adrs utc iso etag cors csrf xss md5 sha hmac aes rsa hsts dos ddos wsgi asgi gil pid stdout stderr stdin http2 http3
        websocket websockets webhook webhooks protobuf avro parquet sms mms gps nfc iot ocr etl webrtc sip rtp srtp smtp imap amqp stomp xmpp
        ssh sftp ftp ftps scp nntp lmtp snmp ipmi nat fifo lifo
    """.split()
)
PROTOCOLS = frozenset(
    """
        rest restful grpc http https json graphql soap rpc tcp udp ssh tls web public private internal
        external sql nosql async
    """.split()
)
SECTION = frozenset(
    """
        overview introduction summary background goals goal motivation context architecture design
        implementation details scope requirements conclusion decision consequences status proposal problem
        solution discussion rationale notes examples example usage configuration features components
        component services service workflow deployment security performance monitoring scalability testing
        api data flow diagram technical future work risks alternatives option options references contents
        table appendix purpose constraints assumptions responsibility responsibilities
        documentation repositories servers entries dependencies milestones assignees assignee impact upgrade
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
# Words for the parts of a system together, and the words before them that say so: "all the microservices".
COLLECTIVES = frozenset(
    ("services", "microservices", "microservice", "service", "backend services", "micro services")
)
WHOLE = frozenset(
    "all other each every different respective individual appropriate various two three four five six seven eight".split()
)
# What a system is one of many in: "the other services in the company's landscape" are none of its parts.
AROUND = frozenset(
    "environment ecosystem landscape company organisation organization enterprise department suite world".split()
)
# What a name ends in when it names code or what code works on: "the storage driver", "a crashmover coroutine".
OF_CODE = frozenset(
    """
        driver drivers coroutine coroutines goroutine goroutines thread threads mixin mixins decorator decorators subclass subclasses class classes
        field fields attribute attributes header headers config configs dto dtos envelope envelopes payload payloads
    """.split()
)
# How columns and settings are named: `document_id`, `base_path`, `STORAGE_BACKEND`.
FIELD = re.compile(
    r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*_(?:id|ids|path|name|key|keys|at|url|uri|count|type|date|status|hash|size|time|timeout|version|token|flag)"
    r"|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"
)
# Names that name no part: what every part is, what parts have and are written in, and the places that they run in.
NOBODY = frozenset(
    """
        service services system systems platform application applications app apps microservice microservices component components
        module modules version versions production staging development dev prod test testing local sandbox qa environment environments
        security authentication authorization authorisation performance scalability reliability availability overview architecture
        python java javascript typescript golang ruby rust kotlin scala php perl elixir erlang haskell clojure bash
        infrastructure persistence devops
        observability readiness liveness maintainability extensibility durability resilience
        leader leaders follower followers circuit breaker breakers
        failover failovers phase phases milestone milestones sprint sprints iteration
        design integration identity task tasks action actions workflow workflows item items operation operations execution executions
    """.split()
)
# Endings of words that say what something is like, and the words that have them and name something all the same.
_QUALITY = re.compile(r"[a-z]{3,}(?:able|ible|ful|(?<!v)ous)")
_NAMING_ALL_THE_SAME = frozenset(
    "timetable variable payable receivable executable collectible consumable deliverable".split()
)
# "highly", "fully", "dynamically", "independently"; not "family", "weekly", "only"
_DEGREE = re.compile(r"[a-z]+(?:al|ab|ib|ed|ing|ous|iv|ive|ent|ant|gh|ul|te|ew|re|se)ly")


def is_quality(word: str) -> bool:
    """Return whether a word in small letters ends as those do that say what something is like.

    >>> [is_quality(word) for word in ("pluggable", "responsible", "timetable", "rendezvous", "table")]
    [True, True, False, False, False]
    """
    return word not in _NAMING_ALL_THE_SAME and _QUALITY.fullmatch(word) is not None


def is_degree(word: str) -> bool:
    """Return whether a word in small letters tells how much or in which way: what follows it behind an article is no name.

    >>> [is_degree(word) for word in ("highly", "dynamically", "independently", "family", "weekly", "only")]
    [True, True, True, False, False, False]
    """
    return _DEGREE.fullmatch(word) is not None
