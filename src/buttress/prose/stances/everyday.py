"""The turns of phrase of `habits`: (topic, what they say of it, a word of the field that must stand near, patterns).

`<no>`, `<gap>` and the like are classes of words that `habits` spells out.
"""

from __future__ import annotations

from buttress.model.graph import StanceStatus

_LOG = r"\blog(?:s|ged|ging|file|files)?\b(?! (?:in|on|out|into)\b)"
_RELEASE = r"releas|deploy|roll-?out|to production|new version|going live"
_CACHE = r"\bcach"
_ERROR = r"error|exception|fail|\b5\d\d\b"
_AGAIN = r"\b(?:retr(?:y|ies|ied|ying)|repeat\w*|again|attempts?)\b"

HABITS: tuple[tuple[str, StanceStatus, str, tuple[str, ...]], ...] = (
    # observability
    ("log-aggregation", "missing", _LOG + r"|\bgrep", (
        r"\bssh\b<gap>\b(?:each|every|all|several|the)\b<near>\b<machine>\b", r"\b(?:grep\w*|tail(?:s|ing)?|search\w*)\b<gap>\b(?:each|every|all)(?: of)?(?: the)? <machine>\b",
        r"\b(?:kubectl|docker) logs\b<near>\b(?:each|every|one (?:by|after)|all)\b", r"\b(?:each|every)\b<gap>\b(?:keeps?|has|writes?)\b<near>\b(?:its|their) own\b<near>\blog",
        r"\blogs?(?: files?| lines?| output)?\b<near>\b(?:stay|stays|remain|remains|live|sit|are kept|are stored)\b<near>\b(?:on the <machine>|locally|on (?:the |a )?local disks?)",
        r"\b(?:gone|lost|deleted|wiped|disappear\w*|vanish\w*)\b<near>\b(?:their|its|the) (?:logs?|output)\b", r"\blogs?\b<near>\b(?:gone|lost|disappear\w*|vanish\w*|rotated away|overwritten)\b", r"\blocal files?\b,? (?:rotated|kept|only)",
    )),
    ("log-aggregation", "addressed", _LOG, (
        r"\b(?:vector|fluent ?bit|fluentd|promtail|filebeat|logstash|rsyslog|loki|graylog|splunk|cloudwatch logs)\b<near>\b(?:forwards?|ships?|sends?|brings?|collects?|gathers?|takes?|carr(?:y|ies))\b",
        r"\b(?:go|goes|sent|shipped|brought|forwarded|flow|flows) to (?:loki|graylog|splunk|elasticsearch|opensearch|kibana|cloudwatch)\b",
    )),
    ("structured-logging", "problem", _LOG, (
        r"\b(?:lines?|logs?|messages?|entries|they(?:'re| are)?)\b<gap>\b(?:free(?:-form)?[ -]text|plain (?:text|sentences)|unstructured|string concatenation)\b", r"^\W*unstructured\b",
        r"\b(?:lines?|logs?|messages?|entries)\b<near>\b(?:follow|have|has) no (?:\w+ )?(?:format|structure|shape|fields)\b",
    )),
    ("structured-logging", "addressed", _LOG, (r"\b(?:json|key[=-]value|logfmt|gelf)\b<near>\b(?:objects?|lines?|records?|logs?)\b", r"\b(?:lines?|entr(?:y|ies)|logs?)\b<near>\b(?:is|are|as|in) (?:an? )?(?:json|gelf|key[=-]value)\b")),
    ("logging", "problem", _LOG + r"|error lines?|recorded", (
        r"\b(?:logs?|lines?|entries|messages?)\b<gap>\b(?:only|just|merely|nothing (?:but|more than)|mostly)\b(?: ever)? ?(?:says?|holds?|contains?|reads?|shows?|has|have|\"|')",
        r"\bneither\b<gap>\bnor\b<gap>\b(?:is|are) (?:in (?:it|them|there)|logged|recorded)\b", r"\b(?:which|what|who)\b[^.;]{0,80}: (?:not|never) (?:recorded|logged|written)\b", r"\b(?:is|are|was|were)(?: not|n't| never) (?:logged|written to the log)\b",
        r"\b(?:writes?|keeps?|produces?|has|have|leaves?) no logs?\b",
    )),
    ("tracing", "missing", "", (
        r"\bno way (?:to|of) (?:follow|trac)\w*", r"(?:can't|cannot|couldn't|can not|impossible to|unable to) (?:be )?(?:follow|trace)\w*\b<near>\b(?:past|through|across|from|between|request|order|message|beyond|further)",
        r"(?:request|call|page|order|message|response)s?\b<gap>(?:can't|cannot|can not) be (?:followed|traced|broken down|split|attributed)\b",
    )),
    ("tracing", "problem", r"trac|spans?\b|header", (
        r"\b(?:traces?|spans?)\b<near>\b(?:end|ends|stop|stops|break|breaks|break off)\b(?: there| at| after| here| off|\W*$)", r"(?:doesn't|does not|don't|do not|fails? to|without|never) (?:pass|forward|propagat|carr)\w*\b<near>\b(?:headers?|traces?|trace context|ids?)\b",
        r"\b(?:is|are)(?:n't| not) instrumented\b", r"\bmissing from (?:every|each|all|the) traces?\b",
    )),
    ("error-tracking", "missing", "", (
        r"\b(?:exceptions?|errors?|stack ?traces?|tracebacks?|crash(?:es)?)\b<gap>\b(?:swallowed|ignored|forgotten|unread|uncounted|(?:nobody|no one) (?:looks|reads|sees|counts))\b", r"\b(?:exceptions?|errors?|stack ?traces?|tracebacks?)\b<near>(?:aren't|are not|isn't|never|not) (?:gathered|collected|grouped|counted|kept)\b",
        r"\b(?:prints?|dumps?|writes?) (?:a |the )?(?:tracebacks?|stack ?traces?|exceptions?)\b<gap>\b(?:terminal|console|screen|nobody|no one)\b", r"\b(?:mailed|e-mailed|posted) to a shared (?:inbox|mailbox)\b",
    )),
    ("alerting", "missing", "", (
        r"\b(?:nobody|no one|no-one)\b<near>\b(?:woken|paged|told|notified|alerted|warned)\b", r"\bno (?:monitor|alarm|alert|pager)s?\b(?: \w+)? (?:fired|rang|rings|went off|goes off|fires|told)\b", r"\b(?:pager|alarms?|alerts?|monitoring)\b<near>\b(?:stays?|stayed|remains?|remained|kept|was|were) (?:quiet|silent)\b",
        r"\b(?:learns?|hears?|finds? out|knows?|learned|heard|found out) (?:of|about|that) <gap>\b(?:from|through|when|once|after) (?:our |the |a |angry )?<person>\b", r"\b(?:nobody|no one) (?:looks|look|notices|noticed|realises?|realised)\b<gap>\b(?:until|till|before)\b<gap>\b<person>\b", r"\bgo(?:es)? unnoticed\b|\bwent unnoticed\b|\bbefore (?:someone|anyone|somebody|anybody) noticed\b",
    )),
    ("alerting", "problem", r"alert|alarm|pager", (r"\b(?:rings?|fires?|goes off) all (?:day|night|the time)\b", r"\b(?:is|are|was|been) (?:muted|ignored|switched off)\b", r"^\W*nothing (?:on|for|about) \w+")),
    ("alerting", "addressed", "", (
        r"\b(?:developers?|engineers?|operators?|admins?|administrators?|maintainers?|(?:the |our |on-call |ops |dev )?teams?|we|on-call|on duty) (?:is|are|gets?|be|being) (?:then |also |automatically |immediately )?(?:notified|alerted|paged|warned)\b",
        r"\b(?:notif(?:y|ies)|alerts?|warns?|pages?) (?:the |our )?(?:developers?|engineers?|operators?|on-call|(?:\w+ )?team) (?:on|about|by|via|in|when|if|of|as soon as)\b",
    )),
    ("monitoring", "missing", "", (r"\b(?:unmonitored|unobserved|unwatched)\b",)),
    ("authorization", "addressed", "", (
        r"\b(?:users?|customers?|members?|tenants?|clients?|guests?|they|everyone|everybody)\W{1,3}(?:can |may |is able to )?(?:only )?(?:sees?|reads?|edits?|views?|access(?:es)?|manages?|changes?|deletes?|lists?)\b(?: and \w+)? only (?:their|its|his|her) own\b",
        r"\bonly (?:see|read|edit|view|access|change|delete|list)s?(?: and \w+)? (?:their|its|his|her) own\b",
    )),
    ("horizontal-scaling", "addressed", "", (
        r"\b(?:add(?:s|ed|ing)?|start(?:s|ed|ing)?|divid\w+|spread\w*|distribut\w+|split\w*|shar(?:e|ed|ing)|scal(?:e|es|ed|ing)(?: out)?)\b<gap>\b(?:more|additional|multiple|several|many|extra)(?: \w+){0,2} (?:replicas|workers|instances|pods|nodes|machines|servers|containers|consumers)\b",
        r"^\W*more (?:\w+ ){0,2}(?:replicas|workers|instances|pods|nodes|consumers)\b",
    )),
    ("schema-migrations", "addressed", r"deploy|release|start|boot|pipeline|roll-?out|upgrade", (
        r"\bmigrations?\b<gap>\b(?:runs?|ran|(?:is|are|get) (?:\w+ )?(?:run|applied|executed|performed)|applied|occurs?|happens?|executes?)\b<gap>\b(?:deploy\w*|releases?|releasing|start(?:s|up|-up)?|boots?|roll-?outs?|upgrades?|pipeline)\b",
        r"\b(?:deploy\w*|releases?|start(?:s|up|-up)|pipeline|init container)\b<near>\b(?:runs?|appl(?:y|ies)|executes?|performs?) (?:\w+ ){0,3}migrations\b",
    )),
    ("alerting", "addressed", r"", (r"\b(?:phones?|pages?|wakes?|calls?|rings?)\b<near>\b(?:person on (?:duty|call)|on-call|engineer on)\b", r"\bon-call is (?:paged|called|phoned|woken)\b")),
    ("health-checks", "problem", r"health|ping|live|alive|ready|monitor|nagios|balancer|probe", (
        r"(?:/\w*(?:ping|health|live|ready|status)\w*|\bping|\bliveness|\bhealth\b)\S*<gap>\b(?:returns?|answers?|says?|responds?|replies)\b<gap>\b(?:whatever|regardless|as soon as the process|even (?:if|when|though)|always|no matter)\b",
        r"\bliveness(?: probes?)? only\b|\bonly (?:a )?liveness\b", r"\b(?:only )?(?:checks?|probes?) (?:only )?(?:the |a )?(?:tcp )?port\b", r"\b(?:machine|host|server|process|port)\b is (?:on|up|open|running|there)\b<near>\bnot (?:that|whether|if)\b", r"\bwithout a <near>connection\b<near>\b(?:goes on|keeps?|still) (?:getting|gets?|receiving)\b",
    )),
    ("health-checks", "missing", "", (r"\b(?:none|no|nothing|not)\b<gap>\b(?:endpoints?|routes?|urls?|probes?)\b<gap>\bwhether (?:it|they) (?:is|are|works?)\b",)),
    ("health-checks", "addressed", "", (r"\b(?:has|have|offers?|serves?|exposes?|get)\b<near>/(?:live|ready|health|livez|readyz|healthz)\b", r"/livez? (?:says|tells|answers)\b|/ready(?:z)? (?:checks|looks|tells|says)\b")),
    ("slo", "missing", "", (
        r"(?:\bnever|n't|\bnot|\bnobody|\bno one)\b<gap>\b(?:written down|agreed|defined|decided|said|settled)\b<gap>\b(?:how (?:quick|fast|long|slow|good)\w*|targets?|fast enough|good enough|a number)\b", r"\b(?:nothing|no \w+) to compare\b(?: \w+)? ?(?:with|against|to)\b",
        r"\b(?:no idea|don't know|do not know|nobody knows|no one knows|nobody can (?:say|tell)|no one can (?:say|tell))\b<near>\b(?:what|whether|how)\b<gap>\b(?:normal|usual|good or bad|fast or slow|good enough|fast enough)\b", r"\bno targets? (?:has|have|had) (?:ever )?been (?:set|agreed)\b",
    )),
    ("slo", "addressed", "", (r"\b(?:p9\d(?:\.\d)?|p50|median|9\d(?:\.\d+)? ?%(?: of)?)\b<gap>\b(?:below|under|within|in less than|faster than|at most)\b<near><time>", r"\b(?:normal|baseline|usual) (?:values?|numbers?)\b<gap>\b(?:taken|measured|p9\d)\b", r"\bbaseline\b<near>\bmeasured\b")),
    ("performance-monitoring", "missing", "", (r"(?:n't|\bnot|\bnobody|\bno one|\bnothing|\bnever) (?:\w+ )?(?:collect|measure|record|track|watch|know)s?\b<near>\b(?:response times?|latenc\w+|how long|durations?|run ?times?)\b", r"\bresponse times?\b\W+(?:unknown|not measured|nobody knows)\b", r"\b(?:new relic|appdynamics|dynatrace|datadog|apm)\b<near>\b(?:licen[cs]es?|subscription)\b<near>\b(?:ran out|expired|ended|cancelled)\b")),
    ("performance-monitoring", "addressed", "", (r"\b(?:new relic|appdynamics|dynatrace|datadog(?: apm)?|elastic apm|pyroscope|scout)\b<gap>\b(?:watch\w*|shows?|showed|measures?|records?|profiles?|traces?)\b", r"\b(?:load|performance|benchmark) tests?\b<near>\b(?:fails?|breaks?|is red) (?:if|when)\b", r"\b(?:gathers?|measures?|records?|scrapes?)\b<near>\b(?:response times?|durations?|latenc\w+)\b", r"\brequest rate\b<gap>\bdurations?\b")),
    ("business-metrics", "addressed", r"dashboard|\bboard\b|count(?:s|ed|er|ers)?\b|track|follow|metric|screen|figures|numbers|statsd|prometheus|grafana", (
        r"\b(?:orders?|bookings?|sales|revenue|parcels?|games?|pay(?:out|ment)s?|quotes?|bills?|tickets?|sign-?ups?|subscriptions?|purchases?|matches|players?|complaints?|claims?|deliveries|trips?|rentals?|carts?|baskets?)\b<near>\b(?:per (?:hour|minute|day|week|thousand|1[, ]?000|channel|customer|carrier)|issued|delivered|started|opened|completed|sold|settled)\b",
        r"\b(?:conversion|basket value|drop-?outs?|margin|revenue|churn|gross)\b<gap>\b(?:wall|board|dashboard|screen|counted|tracked|charts?)\b", r"\b(?:sales|business|product) (?:figures|numbers|metrics|kpis)\b<gap>\b(?:board|dashboard|screen|streamed|counted)\b",
    )),
    ("business-metrics", "problem", r"month|week|business|share|per\b|sales|figures", (r"\b(?:counts?|counted|compiles?|collects?|adds? up)\b<near>\b(?:by hand|manually|in a spreadsheet)\b",)),
    # deployment
    ("config-drift", "problem", _RELEASE, (
        r"\b(?:from|on) (?:an? |the )?(?:her|his|my|your|their|\w+'s|developer|engineer)(?: own)? (?:laptop|notebook|workstation|machine|computer|pc)\b", r"\b(?:winscp|s?ftp|scp|filezilla|usb stick)\b", r"\b(?:unpack|unzip|copy|upload)\b<gap>\b(?:over the old|on (?:each|every|the) <machine>|to \S*\d)", r"\b(?:nothing|none) of (?:that|this|it|them) is (?:scripted|automated)\b", r"\ball by hand\b",
        r"\blog (?:in|on) (?:to |on )?each <machine>\b", r"\bcopying\b<near>\b(?:spreadsheet|files?)\b<near>\binto\b", r"\b(?:ask\w*|telephone|phone|ticket)\b<near>\b(?:operations|ops|admins?)\b<near>\b(?:install|deploy|roll)\w*",
    )),
    ("ci-cd", "addressed", "", (r"\b(?:every|each) (?:merge|commit|push|pull request|change)\b<near>\b(?:runs?|builds?|tests?|triggers?|deploys?|is (?:built|tested|deployed))\b", r"\bpipelines? (?:runs?|builds?|tests?|deploys?|executes?)\b")),
    ("release-effort", "problem", _RELEASE, (
        r"\b<many> (?:\w+ )?(?:steps|items|arguments|screens|commands|pages|clicks)\b", r"\b(?:steps|items|arguments|screens|commands)\b<near>\b<many>\b", r"\bonly \w+(?: and \w+)? (?:has|have|can|knows?)\b<near>\b(?:done|do|how|help|release|deploy)\w*", r"\b(?:takes?|needs?|costs?)\b<near>\b(?:a (?:whole |full )?(?:day|weekend|saturday|sunday|night)|two people|several people|(?:two|three|four|five|\d+)(?: (?:and|to|or) \w+)? (?:hours|days))\b",
    )),
    ("deployment-impact", "missing", _RELEASE + r"|version|image|migration|\btake(?:n)? back|go(?:es)? wrong|wrong", (
        r"\bno (?:going|(?:\w+ )?way|path|road) back\b", r"\b(?:fix|repair|roll)(?:es|s|ed)? forward\b", r"\b(?:migrations?|schema changes?|changes?|releases?)\b<gap>(?:can't|cannot|could not|couldn't) be (?:undone|reversed|taken back|reverted)\b", r"\b(?:have|has|with) no (?:downgrades?|down migrations?)\b", r"\b(?:restore|restoring|go back to)\b<near>\bbackup\b<gap>\bloses?\b", r"^\W*(?:that has |this has )?never been (?:done|tried|tested)\b",
    )),
    ("deployment-impact", "addressed", _RELEASE + r"|version|traffic", (
        r"\b(?:takes?|taken|turns?|turned|puts?|putting|brings?|going|goes|gets|sends?|switch\w*|roll\w*)\b<gap>\bback\b(?: (?:by itself|by hand|if|when|means|is|to|in)\b|\W*$)", r"\b(?:return|revert\w*|go back) to (?:an? |the )?(?:older|old|previous|last|earlier) (?:release|version|build)\b", r"\btaking a (?:version|release) back\b", r"\b(?:helm rollback|rollout undo|undo)\b<near>\b(?:tried|tested|takes?|minutes?|in)\b",
    )),
    ("blue-green", "missing", _RELEASE + r"|gradual|version", (r"\b(?:all|every|each)\b<near>\b(?:<machine>|customers?|users?|regions?)\b<near>\b(?:at the same time|at once|in the same (?:minute|moment)|in one go|together)\b", r"\bgoes to every <machine> (?:at|in)\b")),
    ("blue-green", "addressed", _RELEASE + r"|version|traffic", (r"\bone (?:pod|instance|host|server|region|node) (?:in|of|first)\b<gap>\b(?:new|version|traffic)\b", r"\bsends? \d+ ?%", r"\b\d+ ?%(?: of)?(?: the)? (?:traffic|users|requests)\b", r"\b(?:swap|switch)\w*\b<near>\b(?:green|blue)\b", r"\bto one region\b<gap>\bthen\b", r"\b(?:pod by pod|host by host|one after (?:the other|another))\b")),
    ("environment-parity", "problem", r"prod|live|version|machine|environment|differ", (
        r"\b<stage>\b<gap>\b(?:rather than|instead of|unlike|differs? from|not the same as|says? (?:little|nothing) about|versions? behind)\b", r"\b<stage>\b<near>\b(?:has|runs|with) (?:no|a single|an? older|only)\b<gap>\b(?:prod|production|live)\b", r"\b(?:works?|passes) (?:there|on \w+|locally)\b<near>\b(?:breaks?|fails?) (?:on|in)\b",
    )),
    ("environment-parity", "addressed", "", (r"\bsame\b<gap>\b(?:as|like) (?:in )?(?:production|prod|live)\b", r"\b(?:stage|staging|<stage>|dev|environments?|clusters?)\b<gap>\b(?:same|identical)\b<near>\b(?:modules?|playbooks?|apps?|manifests?|charts?|templates?|programs?|stacks?|versions?)\b", r"\bfull copy in small\b|\bcopy of production\b")),
    ("iac", "missing", "", (
        r"\b(?:clicked|put|set|built|made|created|configured)\b<near>\b(?:in|through|via|with) the (?:[\w']+ ){0,2}(?:console|portal|web interface|ui)\b", r"\bset (?:them|it|up)\b<near>\bfrom memory\b", r"\b(?:installed|configured|running)\b<near>\b(?:isn't|is not|aren't|are not|nowhere|never) (?:recorded|written down|documented|described)\b", r"\bno code, no history\b",
    )),
    ("iac", "problem", r"terraform|infrastructure|pulumi|machine|network|described", (r"\b(?:state(?: file)?|tfstate)\b<near>\b(?:is|lies|sits|lives) on \S+ (?:notebook|laptop|machine|workstation)\b", r"\bthe rest (?:was|is|were) (?:made|set up|built|created|done) (?:by hand|manually)\b")),
    ("iac", "addressed", "", (r"\b(?:made|created|described|built|defined|managed)\b<near>\b(?:by|in|with|from)\b<near>\b(?:terraform|pulumi|ansible|cdk|opentofu|bicep|cloudformation)\b", r"\bno stack that isn't in\b")),
    ("secrets-management", "problem", "", (r"\b(?:passwords?|secrets?|(?:account |api |private )keys?|tokens?|credentials?)\b<near>\b(?:is|are|lies?|stands?|sits?|stays?)\b(?! (?:not|never))<near>\bin (?:the |our |its |a )?(?:[\w-]+ ){0,2}(?:repository|repo|git|git history|source code|script|wiki|spreadsheet)\b",)),
    ("secrets-management", "addressed", r"secrets?\b|passwords?\b", (r"^\W*(?:hashicorp vault|vault|aws secrets manager|azure key vault|sops)\b", r"\b(?:secrets|passwords?)\b<near>\b(?:in|from|by) (?:aws |google |azure |hashicorp )?(?:secrets? manager|vault|key vault)\b", r"\bvault hands out\b")),
    ("configuration", "problem", "", (r"\b(?:values?|settings?|config\w*|host ?names?|rates)\b<near>\b(?:compiled in|hard-?coded|baked in(?:to)?)\b", r"\bedit\b<near>\b(?:settings|config)\w*\b\S*<near>\bon (?:the|each|every) <machine>\b", r"\bchanging\b<gap>\btakes a (?:new )?(?:release|build|deployment)\b")),
    ("configuration", "addressed", "", (r"\b(?:config\w*|settings?|parameters?|switches|limits)\b<gap>\b(?:from|in|by)\b<near>\b(?:the environment|environment variables?|configmaps?|parameter store|appconfig|consul|etcd)\b", r"^\W*(?:consul|etcd|appconfig|ssm parameter store)\b")),
    ("containerization", "missing", r"docker|container|image", (r"\b(?:isn't|is not|aren't)\b(?: in (?:docker|a container))?\W<near>\binstalled from\b",)),
    ("containerization", "addressed", "", (r"\b(?:docker|oci|container)? ?images?\b<near>\b(?:stages|multi-stage|distroless|(?:are|is) (?:built|made)|with docker)\b", r"\bmakes the images\b", r"\bdistroless base images?\b", r"\bhas a dockerfile\b")),
    ("orchestration", "missing", "", (r"\bdocker run\b<near>\b(?:script|by hand|shell)\b", r"\bstays? (?:dead|down) until\b<near>\b(?:somebody|someone|a person|an engineer)\b")),
    ("orchestration", "addressed", "", (r"\b(?:eks|gke|aks|ecs|fargate|nomad|docker swarm|openshift|kubernetes|cloud run)\b<near>\b(?:runs?|schedules?|places?|restarts?|starts|everywhere|\d+ servers)\b", r"\b(?:clusters?|runs?|running|installed|tasks) on (?:aws )?(?:eks|gke|aks|ecs|fargate|nomad|openshift|kubernetes|cloud run)\b")),
    # data flow
    ("token-expiration", "problem", "", (r"\b(?:cookies?|sessions?|tokens?|jwts?|logins?)\b<near>\b(?:never expires?|never ends?|don't expire|doesn't expire|lives? for (?:ever|\d{2,} days|months)|valid for (?:\d{2,} days|months|a year|years))\b",)),
    ("token-revocation", "missing", r"token|session|jwt|cookie|log(?:ged|ging|s)? ?(?:in|out)|sign", (r"\bno way (?:to|of) (?:revok\w+|end\w*|withdraw\w*)\b", r"(?:can't|cannot) be revoked\b", r"\blog(?:ging)? ?out only\b", r"\bstays? (?:signed|logged) in\W*$", r"\bsession ids? (?:stays?|remains?|is) the same\b")),
    ("session-storage", "problem", r"session|basket|cookie|log(?:ged)? in", (r"\b(?:pins?|pinned|tied|bound)\b<near>\bto (?:one|a|the same|its) (?:process|machine|server|instance|node)\b", r"\b(?:has|have|had) to log in again\b|\ball users were thrown out\b|\bwere logged out\b")),
    ("session-storage", "addressed", r"session|log(?:ged)? in|token", (r"\bsessions?\b<gap>\b(?:in redis|in the database|in jdbc|to redis|idle|ends? when|ends? after|last (?:\w+) (?:hours|minutes))\b", r"\b(?:refresh tokens?)\b<near>\brotat\w+\b", r"\blogging out revokes\b|\bdeleted at logout\b|\bend when the \w+ signs out\b")),
    ("data-ownership", "addressed", r"\b(?:states?|data|readings?|records?|stored?|kept|source|writes?|belongs?)\b", (r"\b(?:the )?(?:one|only|single) (?:home|place|owner|source)\b (?:of|for)\b", r"\band nowhere else\b", r"\balone writes\b|\bonly writer\b", r"\bsource of truth\b", r"\b(?:belongs|belong) to (?:the )?\S+ (?:node|service|component) that\b")),
    ("consistency", "problem", "", (r"\b(?:two|both|\w+ and \w+)\b<gap>\b(?:disagree[ds]?|drift(?:s|ed)? apart|contradict\w*)\b", r"\bnothing (?:ever )?(?:compares|reconciles|brings)\b<near>\b(?:them|the two|both)\b", r"\bwhich(?:ever)? (?:job|service|one|write)\b<near>\blast wins\b", r"\b(?:sold|spent|booked|charged)\b<gap>\b(?:twice|again to someone else|on two \w+)\b")),
    ("input-validation", "missing", "", (
        r"(?:n't|\bnot|\bnobody|\bno one|\bnever) (?:ever )?(?:check|validate|verify|inspect)(?:s|ed)?\b<gap>\b(?:what (?:is|comes)|input|body|payload|rows|arrival|incoming|fields|file)\b", r"\b(?:taken|accepted|accepts?|takes?|stored?)\b<near>\b(?:at face value|as (?:it|they) comes?|unchecked)\b", r"\b(?:checked|validated)\b<near>\b(?:in the browser|on the client|by the front ?end) only\b|\bonly (?:checked|validated) (?:in the browser|on the client|by the front ?end)\b", r"\bgo(?:es)? through\b,? since nobody checks\b",
    )),
    ("input-validation", "addressed", "", (r"\b(?:checks?(?= (?:the|each|every|all|its|their|it|them|that|whether|if|an?|incoming|for|both|uploaded|\w+ (?:against|for))\b)|rejects?|refuses?|validates?)\b<gap>\b(?:json schema|schema|checksums?|impossible|malformed|out of range|known currenc\w+|with pydantic)\b", r"\bchecks (?:it|them|each \w+|every \w+) \((?:does|is|are|do)\b", r"\bcompared with the catalogue\b", r"\brejected \w+ go to\b<near>\bquarantine\b")),
    ("data-transformation", "problem", "", (
        r"\bcopies of the same (?:arithmetic|logic|conversion|calculation|mapping|rule)\b", r"\b(?:each|every|all)\b<near>\b(?:converts?|parses?|maps?|rounds?|translates?)\b<near>\b(?:for itself|its own|their own|differently|themselves)\b", r"\b(?:conversion|mapping|rounding|parsing|arithmetic)\b<near>\b(?:of its own|a second time|again|in (?:two|three|four|several) places)\b", r"\b(?:parsed|converted|mapped|rounded)\b<near>\bin (?:two|three|four|several|\d+) places\b",
    )),
    ("data-transformation", "addressed", "", (r"\b(?:conver(?:sion|ted)|translat(?:es?|ed|ion)|mapp(?:ed|ing)|turned into ours|normali[sz]\w+)\b<gap>\b(?:once|in one|nowhere else|right there|single (?:place|module)|one (?:adapter|place|module)|by \S+/\S+)\b",)),
    ("request-path", "missing", "", (r"\b(?:nobody|no one)\b<near>\b(?:can|could|has|knows?)\b<near>\b(?:say|draw|tell|picture|knows?)\b<gap>\b(?:where|which|order|path|goes|touch\w*|any more)\b", r"\b(?:which|where|what)\b[^;]{0,90}\b(?:nobody|no one) (?:here )?(?:can|could) (?:say|tell)\b", r"\bfive people and got five answers\b|\bdepends on whom you ask\b")),
    ("request-path", "addressed", "", (r"\b(?:travels|moves|flows|passes|goes)\b<near>\b(?:like this|these steps|as follows)\b", r"\b(?:whole|full|entire) (?:journey|path|way|life) of an? (?:request|order|message|\w+)\b", r"\b(?:passes|takes) it through these steps\b")),
    ("event-ownership", "addressed", r"topic|event|kafka|nats|rabbit|stream|queue|outbox", (r"\bpublished\b<near>\bby the service that owns\b", r"\bowns the topics?\b", r"\bannounces \S+ on\b", r"\b(?:relay|outbox)\b<near>\b(?:sends|publishes)\b", r"\bschemas\b<near>\bregistry\b", r"\b(?:owner|schema),? (?:schema|owner),? and (?:consumers?|readers?)\b")),
    ("cache-invalidation", "missing", _CACHE + r"|dictionary|in memory|copies", (
        r"\b(?:nothing|nobody|no one)\b<near>\b(?:removes?|drops?|clears?|deletes?|evicts?|invalidates?|refreshes|updates)\b", r"\bno (?:other )?way\b<gap>\b(?:dropping|removing|clearing|hear|learn|evict|notice)\w*", r"\bpurges? (?:it |them )?(?:by hand|manually)\b",
    )),
    ("cache-invalidation", "problem", _CACHE + r"|dictionary|memory", (r"\b(?:sees?|saw|shows?|showed|quotes?|quoted|serves?|served)\b<gap>\b(?:the )?(?:old|outdated|stale|previous|wrong)\b", r"\b(?:shows?|seen) on one\b<near>\bnot on (?:an)?other\b", r"\bdon't reach that copy\b")),
    ("cache-invalidation", "addressed", _CACHE + r"|copies", (r"\b(?:saving|sav(?:es|ed)|changing|uploads?|publish(?:es)?|broadcasts?|arriv\w+|changes?)\b<gap>\b(?:drops?|dropped|deletes?|throws?|clears?|evicts?|removes?|discards?)\b", r"\bdropped as soon as\b", r"\bversion in the key\b")),
    # resilience
    ("retries", "missing", "", (r"(?:n't|\bnot|\bnever) (?:\w+ )?(?:try (?:it |them )?(?:again|a second)|repeat (?:anything|it|them|a|the)|attempt\w* again)\b", r"\b(?:single|one|only one) attempt\b|\bno second attempt\b", r"\bneither pause nor repeat\b", r"\b(?:gives?|gave) (?:it |the \w+ )?up\b<near>\b(?:at once|immediately|after the first|at the first)\b")),
    ("retries", "addressed", "", (r"\b(?:tr(?:y|ies|ied)|repeat(?:s|ed)?)\b<near>\b(?:up to|at most|again after)\b", r"\b(?:up to|at most) (?:\w+|\d+) (?:times|attempts|tries)\b", r"\b\d attempts\b")),
    ("exponential-backoff", "missing", _AGAIN, (r"\bwithout (?:any |a )?(?:delay|pause|pausing|waiting)\b", r"\b(?:repeats?|tr(?:y|ies)(?: it)? again|retries|retry)\b<near>\b(?:straight away|at once|immediately|instantly|right away)\b", r"\b(?:pause|delay|wait)\b<near>\b(?:doesn't exist|isn't there|none)\b", r"\bloops? for ?ever\b")),
    ("exponential-backoff", "addressed", _AGAIN + r"|try|tries|times", (r"\d+ ?m?s, \d+ ?m?s\b", r"\b1, 2,? (?:and )?4\b", r"\bgrowing pauses?\b|\bpauses? (?:grow|double)\w*", r"\blonger (?:each|every) time\b", r"\badaptive mode\b")),
    ("timeouts", "missing", "", (
        r"\b(?:hang|hangs|wait|waits|block|blocks|stall|stalls|stuck)\b<near>\b(?:indefinitely|for ?ever|as long as it takes|without (?:end|limit))\b", r"\bno (?:time limit|deadline|upper bound|upper limit)s?\b", r"\bno (?:bound|limit) on (?:the |our )?(?:wait\w*|how long)\b", r"\bnothing limits how long\b", r"\bdefaults?\b<near>\bwhich is (?:none|infinite|unlimited)\b", r"\bfor as long as it takes\b",
    )),
    ("timeouts", "addressed", r"call|wait|connect|answer|request|timeout|deadline|read|quer|statement|price|api|grpc", (
        r"\b(?:waits?|cut off|gives? up|abandon\w*|stop waiting)\b<near><time>", r"\b(?:deadline|time ?limit|statement limit|limit)\b(?: of)? <time>", r"<time>(?: each)? (?:deadline|limit)\b", r"\bconnect\b<near><time>[^.;]{0,15}\bread\b<near><time>", r"<time> to connect\b",
    )),
    ("circuit-breaker", "missing", "", (r"\bno (?:\w+ )?breakers?\b", r"\b(?:hammer|hammers|hammered|keep knocking|kept knocking|keeps? calling|kept calling)\b<gap>\b(?:until|dead|down|recovers|while)\b", r"\bnothing\b<near>\b(?:stop|stopped|holds? us back|keeps us)\b<near>\bcall\w*", r"\bcalled without any protection\b", r"\bevery (?:click|request|call) runs into the error\b")),
    ("circuit-breaker", "addressed", "", (r"\bbreakers?\b<near>\b(?:opens?|stops?|half-opens|trips)\b", r"\b(?:failures?|errors)\b<near>\bthe calls stop\b", r"\bopen the circuit\b|\bper-\w+ breaker\b")),
    ("graceful-degradation", "missing", "", (r"\bno plan b\b", r"\b(?:is|are) down\W+(?:and )?(?:nobody|no one) can\b", r"\b(?:nobody|no one) (?:can|could) (?:order|pay|book|buy|check out|log in|sign in)\b", r"\b(?:down|gone|away|unreachable|stalls)\b<gap>\bwhole\b<near>\b(?:stops?|fails?|error|dies)\b")),
    ("graceful-degradation", "addressed", "", (
        r"\b(?:last (?:good|known)|yesterday's|older|cached|stale)\b<near>\b(?:response|values?|curve|prices?|answers?|copy|results?|data)\b<gap>\b(?:if|when|while|marks?)\b", r"\b(?:no answer|down|unreachable|away|no network|doesn't answer|slow)\b<gap>\b(?:we use|can still|may still|still (?:works?|prepare|see)|shows? the|continue|carr(?:y|ies) on|goes on working)\b", r"\bwhen there's no network\b", r"\bleft out of the (?:offer|answer|result|response|list)\b",
    )),
    ("dead-letter-queue", "missing", r"queue|message|event|scan|record|topic|partition|photo|consumer|rabbit|kafka|sqs", (r"\bback on the queue\b<gap>\b(?:again|for ?ever|at once)\b", r"\b(?:poison|broken|unreadable|malformed|bad)\b<near>\b(?:stops?|blocks?|keeps?)\b", r"\bstays? at the head\b", r"\bhands? the same \w+ to the next\b")),
    ("dead-letter-queue", "addressed", r"queue|message|event|scan|record|topic|subject|order|consumer|after (?:the|\w+) (?:attempt|try|receive|day)", (r"\b(?:parked|moved|lands?|set aside)\b(?: aside)? (?:in|to|into|on)\b <near>(?:\.dead|\.dlt|\.dlq|-dlq|\.parked|dead|parking|quarantine)", r"\b(?:goes|go|went|sent|written|moved|lands) (?:in|to|into) (?:the )?\S*(?:[.-](?:dead|dlt|dlq|parked|failed)|bad-records)\b")),
    ("resource-isolation", "missing", r"pool|worker|thread|core|cpu|connection", (r"\b(?:shares?|sharing|one|same)\b<gap>\b(?:pools?|workers?|threads?|cores?)\b<gap>\b(?:starv\w*|leaves? nothing|eats?|uses? up|takes? all)\b", r"\bone pool for everything\b|\bshare the same (?:worker |thread |connection )?pool\b", r"\bleaves? nothing for\b")),
    ("resource-isolation", "addressed", "", (r"\b(?:separate|own|dedicated) (?:\w+ )?pool of\b", r"\b(?:its|their|an?|his) (?:own|separate|dedicated) (?:\w+ )?(?:pool|thread pool|semaphore|consumer group|worker pool)\b", r"\b(?:gets|has) a (?:semaphore|pool)\b", r"\bpools?\b<gap>\b(?:are|is) separate\b", r"\bcan(?:'t|not) (?:starve|take every|use up)\b")),
    ("rate-limiting", "missing", "", (r"\bno (?:ceiling|cap)\b<near>\b(?:on|for)\b<near>\b(?:how|requests?|calls?|number)\b", r"\bas (?:many|often)\b<near>\bas (?:they|he|she|it|anyone) (?:likes?|wants?|pleases?)\b", r"\bnothing (?:keeps|stops|prevents)\b<near>\b(?:clients?|callers?|users?|anyone)\b<near>\b(?:from )?(?:flood|hammer|overload)\w*")),
    ("rate-limiting", "addressed", "", (r"\b(?:capped|limit(?:s|ed)?|may send|lets? an? \w+ do)\b<near>\b\d+\b<near>\b(?:per|a|in) (?:second|minute|hour|\d+)\b", r"\b(?:gets?|refused with|answers?)\b<near>\b429\b")),
    ("error-handling", "problem", _ERROR, (r"\b(?:errors?|exceptions?|failures?)\b<near>\b(?:whatever shape|(?:its|their) own (?:way|format)|differently|homemade)\b", r"\bhomemade formats?\b", r"\breturns? the \w+ exception's text\b|\bthe text of the exception\b", r"\bsome\b<near>\b(?:caught and ignored|swallowed)\b", r"\b200 (?:and|with)\b<near>[\"'{]\W*(?:error|ok)")),
    ("error-handling", "addressed", _ERROR, (r"\b(?:all|every|everything)\b<gap>\b(?:derives?|inherits?|base class|catalogue|same (?:shape|format))\b",)),
    ("cascading-failure", "problem", "", (
        r"\b(?:takes?|took|pulls?|pulled|drags?|dragged|brings?|brought)\b<near>\b(?:everything|the rest|all others|\S+ (?:along|down) with it|along with it|down too)\b", r"\b(?:all|every) (?:\w+ ){0,2}(?:workers?|threads?|goroutines?|connections?)\b<near>\b(?:were|are|was|is)? ?(?:stuck|wait(?:ing|s|ed)?|blocked|busy|taken)\b", r"\bif \S+ (?:stalls?|hangs?|is (?:stuck|down|gone))\b,? (?:so (?:does|is|do|are)|all (?:\w+ )?are)\b", r"\bfalls? over too\b|\bthen \S+ goes,? then\b", r"\btrouble reaches the\b",
    )),
)  # fmt: skip
