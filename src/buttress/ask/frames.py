"""The forms that questions take: each row is what is asked, its grammar, and what the question has to name besides.

`{T}` is a part of the system (after `understand` replaced it by @0) or, in a place where only one can stand, words that should name
one. The first row that fits decides, so the more particular ones come first. What it has to name is a fact, topic, kind, store or several
things; `=fact` is what it asks about itself.
"""

from __future__ import annotations

import re

_T = r"(?P<one>@\d+)"
_T2 = r"(?P<two>@\d+)"
# Where only a part can stand, unknown words are caught too, to say that nothing is called so.
_X = r"(?P<one>@\d+|[\w./-]+(?: (?!goes|go|is|are|was|fails?|dies|crashes|stops?|breaks?)[\w./-]+){0,2}?)"
_X2 = _X.replace("<one>", "<two>")
_THE = r"(?:the |our |an? |this |that |all )?"
_FAILS = (
    r"(?:fail(?:s|ed|ing|ure)?|crash(?:es|ed)?|dies?|died|go(?:es)? (?:down|away|offline|dark|wrong)|went down|"
    r"(?:is|are|were|was|be|becomes?|gets?) (?:\w+ )?(?:down|unavailable|unreachable|slow|dead|gone|lost|offline|overloaded|full|killed|"
    r"wiped|flushed|corrupted|broken|"
    r"restarted|rescheduled|recreated|evicted|removed|deleted|compromised)|stops?|breaks?|disappears?|hangs?|slows? down|has an outage|times? out|restarts?)"
)
# Several parts named one after another: "orders, payments and the cache".
_TS = rf"(?:both |all of |all )?{_THE}@\d+(?:(?:,? and|,? or|,? plus|,? as well as|,) (?:both )?{_THE}@\d+)+"
_CALLS = (
    r"(?:call|use|need|read|write|query|access|invoke|contact|reach|talk|speak|connect|depend|rely|publish|send|consume|subscribe|listen|"
    r"communicate|touch|hit|get|post|push|pull|store)(?:s|es|ing)?(?: (?:to|on|upon|from|with|into|in|data from|data to|messages from|messages to|"
    r"(?:things|stuff|anything|events|jobs|requests) (?:to|from|into|on)))?"
)
_BY = r"(?:called|used|read|written|queried|needed|invoked|accessed|consumed|contacted) by"
_ILL = r"\b(?:risk\w*|danger\w*|weak\w*|problems?|problematic|concerns?|issues?|wrong|bad|vulnerab\w+|fragile|critical|flaws?|worr\w+)\b"
_PARTS = r"\b(?:services?|components?|parts?|databases?|stores?|queues?)\b"
# Of what the longest is a number, and no chain.
_LIMIT = r"(?:time-?outs?|time limits?|deadlines?|retention|ttls?|intervals?|delays?)\b"
_WHO = r"(?:who|what|which(?: \w+){0,3}|whatever)"
_DOES = r"(?:does|do|did|can|could|is|are|will|would|might|may|must)"
# What goes somewhere, and what leaves a part out on the way there.
_GOES = (
    r"(?:travel|get|go(?:es)?|flow|move|moved|pass|passed|come|arrive|sent|send|copied|transferred|delivered|forwarded|routed|carried|propagated?|"
    r"reach|(?:make|find) (?:its|their) way|end up)"
)
_WAYS = r"(?:paths?|ways?|routes?|roads?|hops?)"
_LEADS = r"(?:reach\w*|gets? (?:in)?to|access\w*|arriv\w*|talks? to|connects? to|paths?|ways?|routes?|roads?|travels?|requests?|traffic|lead(?:s|ing)?)"
_AVOIDS = (
    r"(?:without|avoid\w*|bypass\w*|around|circumvent\w*|skip\w*|(?:not|never|other than|except) (?:\w+ )?(?:through|via|over))"
    r"(?: (?:going|passing|using|touching))?(?: (?:through|via|over|by))?"
)
# Whoever sends requests and is no part of the system.
_SOMEBODY = r"(?:browser|internet|outside|users?|clients?|customers?|visitors?|web)"

_ABROAD = r"(?:the |my |our |any |an? )?(?:internet|outside|public|laptop|machine|browser|home|office|anywhere|workstation|computer)\b"

_HELD = (
    r"(?:data|messages?|events?|jobs?|tasks?|anything|something|everything|writes?|records?|state|sessions?|files?|rows?|updates?|history|uploads?|"
    r"documents?|transactions?)\b"
)
_STARTED_ANEW = (
    r"\b(?:restart\w*|reboot\w*|crash\w*|(?:re)?deploy\w*|recreat\w*|re-?schedul\w*|evict\w*|updates?|upgrades?|roll-?outs?|down|deleted|removed|dies|died|fails|"
    r"killed)\b"
)
_COUNTED = r"(?:nodes?|instances?|replicas?|copies|pods?|servers?|machines?|members?)"
_SECRETS = r"\b(?:passwords?|secrets?|credentials?|tokens?|(?:api |private |access )?keys?)\b"
_IN_THE_OPEN = (
    r"\b(?:committed|checked in(?:to)?|hard-?coded|leak\w*|in (?:the |our |any |plain |clear )*"
    r"(?:repo\w*|git|code\w*|sources?|manifests?|compose|yaml|plain ?text|clear(?: ?text)?)|plain ?text)\b"
)

# A verb that no list knows, of what a part does to others.
_SOME_VERB = (
    r"(?!(?:do|doing|mean|meaning|cost|costing|look\w*|weigh|called|made|missing|lack\w*|for|about|like|stand\w*|happen\w*|work\w*|"
    r"there|not)\b)[a-z]{3,}(?: (?:to|on|at|for|from|with|after|into))?"
)
_SIZE = r"\b(?:memory|ram|cpus?|cores?|vcpus?)\b"
_ALTOGETHER = r"\b(?:all|total|together|whole|everything|altogether|overall|sum|stack|run (?:it|this)|need(?:ed|s)?|system)\b"
_TIME = r"(?:second|sec|minute|min|hour|day|week|month)\b"

# A few words without a verb: "cache ttl?", "backups of the ledger".
_SHORT = r"^\W*(?:[\w@'./-]+ ?){1,5}\W*$"

_STAGE = r"\b(?:local(?:ly)?|dev(?:elopment)?|test(?:ing)?|qa|uat|stag(?:e|ing)|preprod(?:uction)?|prod(?:uction)?|live)\b"
_DIFFERS = r"\b(?:differ\w*|compar\w*|same|drift\w*|only in|but not in|not in|vs\.?|versus|unlike|deviat\w*|apart|missing (?:in|from))\b"

_ROWS: tuple[tuple[str, str, str], ...] = (
    ("environments", rf"^(?=.*{_DIFFERS}).*{_STAGE}.*{_STAGE}", ""),
    ("comparison", r"\b(?:switch|migrat|mov|chang)\w*\b.*@\d+ (?:to|into|onto)\b|\breplac\w+\b.*@\d+ (?:with|by)\b", "things"),
    ("comparison", rf"\bwhat (?:does|do|can|is|has) {_THE}@\d+ .*\b(?:that|which|but) {_THE}@\d+ (?:\w+ )?(?:doesn't|does not|don't|do not|can't|cannot|"
                   rf"isn't|hasn't)\b|@\d+ .*\bdiffer\w*\b.*@\d+|@\d+ (?:and|from) {_THE}@\d+ differ\w*\b|"
                   rf"\bhow (?:is|are|do|does) {_THE}@\d+ (?:and {_THE}@\d+ )?differ", "things"),
    ("how_to", r"^(?:how (?:should|can|could|would|must) (?:i|we|you|one)\b|how do (?:i|you|one)\b|how to\b|should (?:i|we)\b(?!.*\bor\b)|"
               r"what(?: is|'s| are) the best (?:way|practice)|best practice)", ""),
    ("contradictions", r"\bcontradict|\bdisagree|\binconsisten(?:t|cies)|\bconflict(?:s|ing)? (?:between|in|among)", ""),
    ("single_points", r"\bsingle points? of failure|\bspofs?\b|\bweakest (?:link|point|part)|\bmost critical\b|"
                      r"\b(?:take|takes|bring|brings) (?:us|it all|everything|the (?:whole )?(?:system|site|platform|product)) down", ""),
    ("longest", rf"\b(?:longest|slowest|deepest)\b(?!\W+(?:[\w-]+ )?{_LIMIT}).*"
                r"\b(?:paths?|chains?|routes?|ways?|calls?|requests?|sequences?|hops?|trips?)\b|\bcritical paths?\b|"
                r"\bhow (?:deep|long) (?:is|are|do) (?:the |our )?(?:[\w-]+ )*(?:chains?|call (?:chains?|paths?|graph))", ""),
    ("path", rf"\b{_LEADS}\b.*\b{_AVOIDS} {_THE}@\d+|\b{_AVOIDS} {_THE}@\d+ .*\b{_LEADS}\b", "things"),
    ("path", rf"\b(?:go(?:es|ing)?|pass\w*|come|flows?|travels?|reach\w*|gets? (?:in)?to|leads?|leading|{_WAYS})\b.*"
             rf"\b(?:through|via|past|by way of) {_THE}@\d+", "things"),
    ("path", rf"\bhow {_DOES} .*\b{_GOES}\b.*\bfrom {_THE}{_T} (?:all the way )?(?:in)?to {_THE}{_T2}", ""),
    ("path", rf"(?<!on the )(?<!along the )\b{_WAYS}\b.*\bfrom {_THE}{_T} (?:in)?to {_THE}{_T2}", ""),
    ("path", rf"(?<!on the )(?<!along the )\b{_WAYS}\b.*\bto {_THE}{_T2} from {_THE}{_T}", ""),
    ("reach", rf"\bafter {_THE}{_T} (?:publish|send|writ|emit|stor|produc)\w*", ""),
    ("owner", rf"\bwho(?:m|'s)? (?:do|does|should|can|could|must|would|will) (?:i|we|you|one) (?:page|call|contact|ask|wake|tell|talk to|ping|notify|e?mail|"
              rf"escalate|alert|bother|phone)\b.*?{_T}", ""),
    ("owner", rf"\bwho(?:'s| is| are) (?:on (?:the hook|call|duty)|in charge|accountable|answerable|to blame)\b.*?{_T}", ""),
    ("fact", r"\b(?:lose|loss|losing|lost|missing|gone)\b.*\b(?:restor(?:e[ds]?|ing)\b|from (?:the |a |our |last \S+ )*(?:backups?|dumps?|snapshots?))|"
             r"\b(?:restor(?:e[ds]?|ing))\b.*\b(?:lose|loss|lost|missing|gone)\b", "=backup"),
    ("loss", rf"\b(?:lose|loses|losing|lost|loss of) (?:any |some |all |our |the |its |my |their )*(?:@\d+(?:'s?)? )?{_HELD}", ""),
    ("loss", rf"{_T} (?:\w+ )?(?:loses?|losing|lost|forgets?|drops?|wipes?|keeps?)\b.*{_STARTED_ANEW}", "holder"),
    ("loss", rf"^(?:is|are|will|does|do|did)\b.*{_T}.*\b(?:persist(?:ed|ent|s)?|durabl[ey])\b", ""),
    ("loss", rf"\b(?:lose|loses|losing) {_THE}(?:@\d+|[\w-]+(?: [\w-]+)?) (?:if|when|whenever|after|once|during) {_THE}{_T} (?:[\w-]+ )?{_FAILS}", "holder"),
    ("loss", rf"{_T} (?:\w+ )?(?:surviv\w*|outlives?)\b.*{_STARTED_ANEW}", "holder"),
    ("loss", rf"^(?!.*@\d+ (?:\w+ )?(?:surviv|outliv))"
             rf".*\b(?:surviv\w*|outlives?|still there after|gone after|wiped (?:by|on|after|when))\b.*{_STARTED_ANEW}", ""),
    ("loss", rf"\b(?:lost|gone|wiped|dropped)\b (?:if|when|whenever|after|once|during|on|by|with) {_THE}{_T}", "holder"),
    ("loss", rf"^(?:is|are|will|do|does|would)\b.*\b(?:kept|preserved|retained|remembered|valid|remain|stay)\b"
             rf".*\b(?:if|when|whenever|after|once|across|through|over)\b.*{_STARTED_ANEW}", ""),
    ("loss", rf"\b(?:keeps?|retains?|remembers?) (?:\w+ )?{_HELD}.*\b(?:after|across|through|over)\b.*{_STARTED_ANEW}", ""),
    ("loss", rf"\b(?:is|are|will|do|does|would)\b.*\b(?:lost|gone|wiped)\b (?:if|when|whenever|after|once|during|on|by)\b.*{_STARTED_ANEW}", ""),
    ("loss", r"\bwhat(?:'s| is| would be| will be| are|ever is)? (?:gone|lost)\b|\bwhat (?:do|would|will|did|could|might) (?:we|i|you) lose\b", ""),
    ("fact", r"\bwhat can (?:be|we|i|you) (?:restor|recover)\w*", "=backup"),
    ("fact", r"\b(?:calls?|requests?|clients?|callers?|connections?|who|what|which)\b.{0,80}\b(?:hang|wait|block|stall)(?:s|ing)?\b"
             r".{0,120}\b(?:forever|indefinitely|endlessly|for ?ever)\b", "=timeout"),
    ("impact", rf"\b(?:if|when|whenever|should|once|while|in case|suppose|without|after|lose|losing|lost|(?:outage|failure|loss) of) {_TS}"
               rf"(?: (?:\w+ )?{_FAILS}|\s*\?*$)", ""),
    ("impact", rf"\b(?:if|when|whenever|should|once|while|in case|suppose|without|after) {_THE}{_T} (?:\w+ )?{_FAILS}", ""),
    ("impact", rf"\b(?:go|goes|going|come|comes) down (?:together |along )?with {_THE}{_T}", ""),
    ("impact", rf"\b(?:(?<!services )(?<!components )(?<!parts )(?<!apps )(?<!teams )without|lose|losing|lost|kill|killing|remove|removing|unplug|restart|"
               rf"restarting|take down|taking down|turn off|shut down|an? (?:outage|failure|crash|loss) (?:of|in|at)|(?:outage|failure|crash|loss) of)"
               rf" {_THE}{_T}", ""),
    ("impact", rf"\b(?:impact|blast radius|effects?|consequences?|fallout|damage)\b.*\b(?:of|on|from|by|if|when) .*?{_T}", ""),
    ("impact", rf"\b(?:blast radius|impact) .*?{_T}|{_THE}(?P<two>@\d+)(?:'s)? blast radius", ""),
    ("impact", rf"\b(?:what|who|which) .*\b(?:affected|hit|impacted|suffers?|breaks?|stops?) .*\b{_T}", ""),
    ("impact", rf"\b(?:what|who|does|do|will|would|can|could) .*\b(?:if|when) {_THE}{_X} {_FAILS}", ""),
    ("risk", rf"{_ILL}.*?{_T}", ""),
    ("risk", rf"{_T}.*{_ILL}", ""),
    ("risk", r"^(?:what|which|where|list|show|name|are there|do we have)\b.*"
             r"\b(?:risks?|weakness(?:es)?|flaws?|vulnerabilit(?:y|ies))\s*(?:\?|$|in\b|of\b|are\b|here\b)", ""),
    ("owner", rf"\bwho (?:\w+ )?(?:owns?|maintains?|operates?|runs|is responsible for|looks after|is on call for) {_THE}{_X}", ""),
    ("owner", rf"\b(?:owners?|ownership|team|teams|maintainers?|responsible)\b.*?{_T}|{_T2} .*\bowned\b", ""),
    ("owner", r"\b(?:have|has|got) (?:an? )?(?:\w+ )?owners?\b|\bwho owns\b|\bwhich teams?\b|\bownership\b|\b(?:no|without an?) owner\b", ""),
    ("fact", rf"\bhow many (?:@\d+ )?{_COUNTED}\b.*@\d+|\bhow many @\d+ {_COUNTED}\b", "=replicas"),
    ("fact", r"\b(?:empty|blank) passwords?\b", "=authentication"),
    ("fact", r"\b(?:protected|secured|guarded|locked)\b.*\b(?:passwords?|logins?|credentials?)\b|"
             r"\b(?:needs?|requires?|asks? for|without|has(?: no)?|have(?: no)?|got) (?:an? |any )?(?:password|login)\b|"
             rf"\b(?:password|login)[- ]protected\b|\b(?:(?:protect|guard|secur)(?:s|es|ing)|anything protect)\b.*{_T}", "=authentication"),
    ("fact", r"\b(?:permissions?|rights|roles?|polic(?:y|ies)|privileges?)\b.*\b(?:wide|broad|excessive|generous|too (?:much|many)|wildcards?)\b",
     "=wide_permissions"),
    ("fact", rf"{_SECRETS}.*{_IN_THE_OPEN}|\bhard-?coded {_SECRETS}", "=secrets_in_plaintext"),
    ("data", r"^(?!.*\bhow long\b).*\b(?:where|which|what|who|does|do|is|are|how)\b.*\b(?:stor|kept|keep|sav|hold|live|end up|go|flow|leave|handl|process|see|"
             r"sent|send|pass(?:es|ed)?\b|reach|expos|log|contain|protect|cross|touch|enter|land|appear)", "data"),
    ("data", rf"\b(?:where|(?:in(?:to)? )?(?:what|which) (?:[\w-]+|@\d+)) (?:is|are|do|does|will) (?:all )?(?!.*\bfrom\b){_THE}(?:[\w-]+ ){{0,3}}?{_T}"
             r"(?:'s)?(?: [\w-]+){0,3}? (?:be )?(?:stored?|kept|keep|saved?|persist(?:ed)?|held|land|end up|written)\b", ""),
    ("data", rf"\b(?:what|which) (?:kinds? of )?(?:data|information)(?: class(?:es)?)? .*?{_T}|\bdata (?:does|do|is|are) {_THE}{_T2}", ""),
    ("outgoing", r"\b(?:leav(?:es?|ing)|go(?:es|ing)? out(?:side)?|sent (?:out|outside|abroad)|calls? out|phones? home)\b.*"
                 r"\b(?:network|system|company|cluster|vpc|house|premises|account|country|us|anything|outside|home)\b|\bthird[- ]part(?:y|ies)\b|"
                 rf"\b{_WHO} (?:\w+ ){{0,3}}{_CALLS} (?:the )?(?:outside(?: world)?|internet|external \w+|others outside)\W*$|"
                 r"\b(?:egress|outbound|outgoing) (?:traffic|calls?|connections?|requests?|flows?)\b", ""),
    ("comparison", r"\b(?:compare|dif\w+ between|better|versus|vs\.?|rather than|instead of|or|prefer|over|choose between)\b.*", "things"),
    ("exposure", r"\b(?:expos\w+|reachable|visible|open|accessible|public|facing)\b.*\b(?:internet|outside|public|world|publicly)|"
                 rf"\b(?:reach|access|connect|get|see|open|call)\w*\b.*\bfrom {_ABROAD}|"
                 r"\b(?:can|could|may|does|do|is)\b.*\b(?:internet|outside|public|strangers?)\b.*\b(?:open|see|reach|access|use|call|connect)\w*\b.*@\d+|"
                 r"\binternet[- ]facing|"
                 r"\bpublic(?:ly)? (?:reachable|accessible|exposed|visible|open|available)\b|\bentry ?points?|\bexposed\b|\battack surface", ""),
    ("dependents", rf"\b{_WHO} (?:(?:is|are|should be|gets?) (?:allowed|permitted|authori[sz]ed|entitled|able|supposed) to|may|might) (?:\w+ )?"
                   rf"{_CALLS} {_THE}{_T}", ""),
    ("rate", rf"\bhow (?:many|much(?! (?:is|are|does|do|will|would|it)\b))\b.*(?:\b(?:per|an?|each|every) |/ ?){_TIME}|\b[rqt]ps\b|\b[rq]pm\b|"
             r"\b(?:request|write|read|message|event|order)s? (?:rate|volume|throughput)\b", ""),
    ("dependents", rf"\bhow many (?:other |different )?(?:\w+ )?{_CALLS} (?:both )?{_THE}{_T}", ""),
    ("total", rf"\bhow (?:much|many)\b.*{_SIZE}(?=.*{_ALTOGETHER})|\b(?:add(?:ed)? up|sum(?: of| up)?|totals?)\b.*{_SIZE}", ""),
    ("fact", rf"\b(?:largest|biggest|highest|greatest|most|smallest|lowest|least)\b.*{_SIZE}", "=resource_limits"),
    ("order", rf"^(?!.*\bhow (?:long|much)\b).*\b(?:which|what|who|does|do)\b.*\bwaits? for {_THE}@\d+", "waiting"),
    ("order", r"\b(?:boot|start(?:s|ed|ing|up)?|launch\w*) (?:order|sequence)\b|\border\b.*\b(?:start|boot|launch|come up)\w*|"
              r"\b(?:up|starts?|started|boots?|running|comes? up|launch(?:es|ed)?) (?:first|before)\b|"
              r"\b(?:needs?|required?|wait\w*)\b.*\b(?:to|at|before (?:it|they|we)(?: can)?) (?:start|boot|come up|go)\b", ""),
    ("fact", r"^(?!where\b.*\b(?:stored?|kept|keep|saved?|held|hold|live|persisted)\b).*"
             r"\b(?:how (?:many|much|long|often|large|big)|what(?:'s| is| are)?|which|does|do|is|are|has|have|where|can|list|show|give|tell|any|"
             r"evidence|proof|confirm|verify)\b", "fact"),
    ("fact", r"^(?:is|are)\b.*\b(?:hard-?coded|in (?:the |our )?(?:repo\w*|git|plain ?text))\b|"
             r"\b(?:where|which|what|show|list|find|any|are there)\b.*\b(?:passwords?|secrets?|credentials?|api keys?)\b"
             r"(?!.*\b(?:stor|kept|keep|manag|rotat|expir|hash|reset|load|come|get)\w*)", "=secrets_in_plaintext"),
    ("fact", r"\b(?:listens?|listening|runs?|running|answers?|bound|serv\w+|see|what(?:'s| is)) (?:\w+ )?(?:to|on|at|behind) (?:localhost)?[: ]?\d{2,5}\b",
     "=published_ports"),
    ("fact", r"\bhow long\b.*\b(?:keep|kept|stor\w+|retain\w*|sav\w+|hold|held|live|stay|around)\b", "=retention"),
    ("path", rf"\b(?:from|between) {_THE}{_T} (?:to|and|into|through to) {_THE}{_T2}", ""),
    ("reach", rf"\b(?:up|down)stream (?:of|from) {_THE}{_T}|{_THE}{_T2}(?:'s)? (?:up|down)streams?\b", ""),
    ("path", rf"\b(?:is|are|can|could) {_THE}(?P<two>@\d+) (?:\w+ )?(?:be )?(?:reach(?:ed|able)|accessible|accessed) (?:directly )?from "
             rf"{_THE}(?P<one>@\d+)", ""),
    ("reach", rf"\b(?:reach(?:ed|able)|accessible|accessed) from {_THE}{_T}", ""),
    ("reach", rf"\bwhere {_DOES} .*\bfrom {_THE}{_T} .*\b(?:{_GOES}|land)\b|\bhow far\b.*\bfrom {_THE}{_T2}", ""),
    ("reach", rf"\b(?:what|who|whom|where|how far|which(?: \w+){{1,3}}) {_DOES} {_THE}{_T} (?:\w+ )?(?:reach|get(?: to)?)\s*\?*$", ""),
    ("reach", rf"\b{_WHO} (?:can|could|may|might|is able to) (?:\w+ )?(?:reach|get (?:in)?to) {_THE}{_T}", ""),
    ("reach", rf"\b(?:what|which(?: \w+){{1,3}}) {_DOES} (?!{_THE}@).*\b(?:to|at|into|from|through) {_THE}{_T} "
              r".*\b(?:touch|reach|hit|pass|involve|trigger)\w*", ""),
    ("reach", rf"\b(?:enters?|arrives?|starts?|begins?|comes? in) (?:at|in|through|with) {_THE}{_T}.*\bwhere\b", ""),
    ("path", rf"\b(?:what|which)\b.*{_T}.*\b(?:pass|go through|cross|traverse)\w*\b.*\b(?:to|before|until|till)\b.* {_THE}{_T2}", ""),
    ("path", rf"\b(?:paths?|ways?|routes?|how {_DOES})\b.*\bfrom {_THE}{_SOMEBODY} to {_THE}{_T2}", ""),
    ("path", rf"\bhow {_DOES} {_THE}{_T} (?:be )?(?:reached|accessed|called|got to)\s*\?*$", ""),
    ("path", rf"{_T} and {_THE}{_T2} (?:\w+ )?(?:communicat|talk|speak|interact|exchang|connect|link|integrat|coupl|work together)\w*", ""),
    ("path", rf"\b(?:what|who|which(?: \w+){{1,2}}) (?:\w+ )?{_AVOIDS} {_THE}@\d+\s*\?*$", ""),
    ("reach", rf"\b(?:what|who|which(?: \w+){{1,2}}) (?:go|goes|pass|passes|runs?|flows?|travels?|comes?|moves?) "
              rf"(?:through|via|over|by|past) {_THE}{_T}\s*\?*$", ""),
    ("reach", rf"\b{_WHO} (?:\w+ )?(?:gets?|receives?|takes?|consumes?|handles?|reads?|hears?|listens? to|subscribes? to|reacts? to) (?:\w+ )?"
              rf"(?:events?|messages?) (?:from|of|by) {_THE}{_T}", ""),
    ("reach", rf"\b{_WHO} (?:\w+ )?(?:gets?|receives?|takes?|consumes?|handles?|reads?|hears?|listens? (?:to|for)|subscribes? to|reacts? to|process(?:es)?) "
              rf"{_THE}{_T}(?:'s)? (?:events?|messages?)\b", ""),
    ("path", rf"\bwhat (?:does|do|has|have) {_THE}{_T} (?:have |got )?to do with {_THE}{_T2}", ""),
    ("path", rf"\bwhat (?:connects|links|joins|couples|ties) {_THE}{_T} (?:and|with|to) {_THE}{_T2}", ""),
    ("supply", rf"\b(?:how|where) {_DOES} {_THE}{_T} (?:get|obtain|fetch|receive|load|learn|look up|retrieve|find out|know|take)s?(?: to know)?"
               rf"(?: about| of)? {_THE}(?:its |their )?(?!@){_X2}(?: from)?\s*\?*$", ""),
    ("fact", rf"\bhow\b.*\b(?:gets?|receives?|loads?|reads?|obtains?|given)\b.*{_SECRETS}", "=secrets_in_plaintext"),
    ("path", rf"\b(?:ways?|routes?|get|go|come|gets)\b.*\b(?:a?round|past|bypass\w*) {_THE}{_T}\s*\?*$|"
             rf"^(?:can|could|may)\b.*\bbypass\w* {_THE}{_T2}\s*\?*$", ""),
    ("path", rf"\bhow (?:does|do|can|is|are|will|would) .*?{_T}.*\b(?:reach|get|talk|speak|connect|communicate|call|arrive|travel|flow|go|know|learn|"
             rf"tell|inform|notif|hear|find out|end up|linked|connected|access)\w*\b.*?{_T2}", ""),
    ("path", rf"\b(?:does|do|can|is|are|why does|why do|will) {_THE}{_T} (?:\w+ )?(?:{_CALLS}|depend(?:s|ent)? on|"
             rf"(?:connected|linked|coupled|tied) to) {_THE}{_T2}"
             r"(?: (?:directly|at all|somehow|anywhere|synchronously|asynchronously|too))*\s*\?*$", ""),
    ("path", rf"\bhow {_DOES} (?!{_THE}@).*\b{_GOES} (?:(?:in)?to |at )?{_THE}@\d+\s*\?*$", ""),
    ("path", rf"\b(?:through|via|over|by) (?:what|which)\b.*@\d+.*\b(?:reach\w*|get\w* to|arriv\w* (?:at|in)) {_THE}@\d+", "things"),
    ("path", rf"\b(?:can|could|may|is|does|do) {_THE}{_T} (?:\w+ )?(?:get|go|come|find (?:a|its) way|able to (?:get|reach|go)) ?(?:to|into)? "
             rf"{_THE}{_T2}\s*\?*$", ""),
    ("path", rf"\b(?:is|are|does|do|gets?) {_THE}(?P<two>@\d+) (?:\w+ )?{_BY} {_THE}(?P<one>@\d+)", ""),
    ("dependencies", rf"^(?:does|do|can|is|will) {_THE}{_T} (?:\w+ )?{_CALLS} (?:any(?:thing|one|body)|some(?:thing|one|body)|others?|any (?:other )?\w+)"
                     r"(?: else| at all| directly)*\W*$", ""),
    ("dependents", rf"\b(?:(?:any|some|every)(?:thing|one|body)|any (?:other )?\w+|else) (?:\w+ )?(?:{_CALLS}) {_THE}{_T}", ""),
    ("dependencies", rf"\b(?:what|which) (?:[\w-]+ ){{1,3}}(?:belongs? to|(?:is|are) (?:behind|part of|{_BY})|backs?|serves?) {_THE}{_T}", "kind"),
    ("dependencies", rf"\b(?:what|which(?: \w+)?|who)(?:'s| is| are| sits?| runs?| lies?) behind {_THE}{_T}", ""),
    ("dependencies", rf"\b(?:what|which|who|whom) (?:is|are|gets?) {_BY} {_THE}{_T}", ""),
    ("dependents", rf"\b(?:what|which|who|whom)\b.* (?:is|are) {_THE}{_T} {_BY}|"
                   rf"\bby (?:what|whom|which)\b.*? {_THE}{_T2}", ""),
    ("dependents", rf"\b{_WHO} (?:\w+ )?(?:{_CALLS}) (?:both )?{_THE}{_T}", ""),
    ("dependents", rf"\b(?:callers?|clients?|consumers?|producers?|publishers?|subscribers?|dependents?|users?|readers?|writers?) (?:of|to|on) {_THE}{_T}", ""),
    ("dependents", rf"^who {_CALLS} {_THE}{_X}\s*\?*$", ""),
    ("dependencies", rf"\b(?:what|which|who|whom|where|how many)\b.* (?:does|do|is|are|must|can|will) {_THE}{_T} (?:(?:have|has|need|needs) to |\w+ )?"
                     rf"(?:{_CALLS}|depend|rely|dependent)", ""),
    ("dependencies", rf"\b(?:everything|all|anything|whatever|those) (?:that |which )?{_THE}{_T} {_CALLS}", ""),
    ("dependencies", rf"\b(?:dependenc(?:y|ies)|upstreams?|callees?|needs) (?:of|for|does) {_THE}{_T}|{_THE}{_T2}(?:'s)? dependenc", ""),
    ("each", r"\b(?:which|what)\b.*\b(?:does|do|is|are|of|for) (?:each|every|all|the different) (?:of the )?(?:micro-?)?"
             r"(?:services?|components?|parts?|apps?)\b", "kind"),
    ("listing", r"\b(?:what|which|list|show|name|how many|enumerate|tell me|do we have|are there|is there|who runs?)\b", "kind"),
    ("path", rf"^(?:does|do|did|will) {_THE}(?!(?:i|we|you|one|it|they|any\w*|some\w*|all|each|{_SOMEBODY})\b){_X} {_CALLS} {_THE}{_T2}"
             r"(?: (?:directly|at all|somehow|too))?\s*\?*$", ""),
    ("path", rf"\bhow {_DOES} .*\b{_GOES} from {_THE}{_X} to {_THE}{_X2}\s*\?*$", ""),
    ("path", rf"\b(?:can|could|does|do|will) {_THE}(?!(?:i|we|you|one|any\w+|some\w+|{_SOMEBODY})\b){_X} (?:even |still |ever )?(?:reach|get to) "
             rf"{_THE}{_X2}\s*\?*$", ""),
    ("describe", rf"^(?:is|are) there (?:an? |any |some )?{_T}\s*\?*$|^do we (?:have|run|use) (?:an? |any |some )?{_T2}\s*\?*$", ""),
    ("describe", rf"^(?:what(?:'s| is| are| does)|describe|tell me about|explain|show(?: me)?|where (?:is|are|does)|how does) {_THE}{_T}"
                 rf"(?: (?:do|for|work|run|used for|made of|run on|deployed|hosted))?\s*\?*$", ""),
    ("how_to", r"^(?:what should|when should|why should|is it (?:ok|okay|wise|safe|bad|good))", ""),
    ("topic", r"\b(?:how|do|does|is|are|what|where|which|have|has|any|who|when|why)\b", "topic"),
    ("dependencies", rf"\b(?:what|which|who|whom)(?: \w+){{0,2}} (?:is|are|does|do) {_THE}{_T} {_SOME_VERB}\s*\?*$", ""),
    ("dependents", rf"\b(?:who|what|which(?: \w+){{1,2}}) (?!is\b|was\b|does\b|has\b)[a-z]{{3,}}s (?:\w+ )?{_THE}{_T}\s*\?*$", ""),
    ("describe", rf"^{_THE}{_T}\s*\?*$", ""),
    ("fact", rf"{_SHORT}", "fact"),
    ("fact", r"\b(?:right|correct|true|yes|no|ok|isn't it|aren't they|doesn't it|don't they)\s*\?+$|"
             r"^(?:so|everything|everyone|all|each|every|no|nobody|nothing)\b", "fact"),
    ("topic", rf"{_SHORT}", "topic"),
)  # fmt: skip

FRAMES: tuple[tuple[str, re.Pattern[str], str], ...] = tuple(
    (intent, re.compile(pattern), needs) for intent, pattern, needs in _ROWS
)
