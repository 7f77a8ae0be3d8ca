"""The forms that questions take: each row is what is asked, its grammar, and what the question has to name besides.

`{T}` is a part of the system (after `understand` replaced it by @0) or, in a place where only one can stand, words that should name
one. The first row that fits decides, so the more particular ones come first.
"""

from __future__ import annotations

import re

_T = r"(?P<one>@\d+)"
_T2 = r"(?P<two>@\d+)"
# Where only a part can stand, unknown words are caught too, to say that nothing is called so.
_X = r"(?P<one>@\d+|[\w./-]+(?: (?!goes|go|is|are|was|fails?|dies|crashes|stops?|breaks?)[\w./-]+){0,2}?)"
_THE = r"(?:the |our |an? |this |that |all )?"
_FAILS = (
    r"(?:fail(?:s|ed|ing|ure)?|crash(?:es|ed)?|dies?|died|goes? (?:down|away|offline|dark|wrong)|went down|"
    r"(?:is|are|were|was|be|becomes?|gets?) (?:\w+ )?(?:down|unavailable|unreachable|slow|dead|gone|lost|offline|overloaded|full|killed|"
    r"restarted|removed|deleted|compromised)|stops?|breaks?|disappears?|hangs?|slows? down|has an outage|times? out|restarts?)"
)
_CALLS = (
    r"(?:call|use|need|read|write|query|access|invoke|contact|reach|talk|speak|connect|depend|rely|publish|send|consume|subscribe|listen|"
    r"communicate|hit|get|post|push|pull|store)(?:s|es|ing)?(?: (?:to|on|upon|from|with|into|in|data from|data to|messages from|messages to))?"
)
_WHO = r"(?:who|what|which(?: \w+){0,3}|whatever)"

_ROWS: tuple[tuple[str, str, str], ...] = (
    ("how_to", r"^(?:how (?:should|can|could|would|must) (?:i|we|you|one)\b|how do (?:i|you|one)\b|how to\b|should (?:i|we)\b(?!.*\bor\b)|"
               r"what(?: is|'s| are) the best (?:way|practice)|best practice)", ""),
    ("contradictions", r"\bcontradict|\bdisagree|\binconsisten(?:t|cies)|\bconflict(?:s|ing)? (?:between|in|among)", ""),
    ("single_points", r"\bsingle points? of failure|\bspofs?\b|\bweakest (?:link|point|part)|\bmost critical\b|"
                      r"\b(?:take|takes|bring|brings) (?:us|it all|everything|the (?:whole )?(?:system|site|platform|product)) down", ""),
    ("owner", rf"\bwho (?:do|should|can|must) (?:i|we|you) (?:page|call|contact|ask|wake|tell|talk to)\b.*?{_T}", ""),
    ("impact", rf"\b(?:if|when|whenever|should|once|while|in case|suppose|without|after) {_THE}{_T} (?:\w+ )?{_FAILS}", ""),
    ("impact", rf"\b(?:go|goes|going|come|comes) down (?:together |along )?with {_THE}{_T}", ""),
    ("impact", rf"\b(?:without|lose|losing|lost|kill|killing|remove|removing|unplug|restart|restarting|take down|taking down|turn off|"
               rf"shut down|an? (?:outage|failure|crash|loss) (?:of|in|at)|(?:outage|failure|crash|loss) of) {_THE}{_T}", ""),
    ("impact", rf"\b(?:impact|blast radius|effects?|consequences?|fallout|damage)\b.*\b(?:of|on|from|by|if|when) .*?{_T}", ""),
    ("impact", rf"\b(?:blast radius|impact) .*?{_T}|{_THE}(?P<two>@\d+)(?:'s)? blast radius", ""),
    ("impact", rf"\b(?:what|who|which) .*\b(?:affected|hit|impacted|suffers?|breaks?|stops?) .*\b{_T}", ""),
    ("impact", rf"\b(?:what|who|does|do|will|would|can|could) .*\b(?:if|when) {_THE}{_X} {_FAILS}", ""),
    ("owner", rf"\bwho (?:\w+ )?(?:owns?|maintains?|operates?|runs|is responsible for|looks after|is on call for) {_THE}{_X}", ""),
    ("owner", rf"\b(?:owners?|ownership|team|teams|maintainers?|responsible)\b.*?{_T}|{_T2} .*\bowned\b", ""),
    ("owner", r"\bwho owns\b|\bwhich teams?\b|\bownership\b|\b(?:no|without an?) owner\b", ""),
    ("data", r"\b(?:where|which|what|who|does|do|is|are|how)\b.*\b(?:stor|kept|keep|sav|hold|live|end up|go|flow|leave|handl|process|see|"
             r"sent|send|pass|reach|expos|log|contain|protect|cross|touch|enter|land|appear)", "data"),
    ("data", rf"\b(?:what|which) (?:kinds? of )?(?:data|information)(?: class(?:es)?)? .*?{_T}|\bdata (?:does|do|is|are) {_THE}{_T2}", ""),
    ("comparison", r"\b(?:compare|difference between|better|versus|vs\.?|rather than|instead of|or|prefer|over|choose between)\b.*", "things"),
    ("exposure", r"\b(?:exposed|reachable|visible|open|accessible|public|facing)\b.*\b(?:internet|outside|public|world|publicly)|"
                 r"\b(?:reach|access|connect|get)\w*\b.*\bfrom (?:the )?(?:internet|outside|public)|"
                 r"\binternet[- ]facing|\bentry ?points?|\bexposed\b|\battack surface", ""),
    ("fact", r"\b(?:how many|how much|how long|how often|how large|how big|what(?:'s| is| are)?|which|does|do|is|are|has|have|where|can|list|show)\b",
     "fact"),
    ("path", rf"\b(?:from|between) {_THE}{_T} (?:to|and|into|through to) {_THE}{_T2}", ""),
    ("path", rf"\bhow (?:does|do|can|is|are|will|would) .*?{_T}.*\b(?:reach|get|talk|speak|connect|communicate|call|arrive|end up|linked|"
             rf"connected|access)\w*\b.*?{_T2}", ""),
    ("path", rf"\b(?:does|do|can|is|are|why does|why do|will) {_THE}{_T} (?:\w+ )?(?:{_CALLS}|depend(?:s|ent)? on|connected to) {_THE}{_T2}\s*\?*$", ""),
    ("dependents", rf"\b{_WHO} (?:\w+ )?(?:{_CALLS}) {_THE}{_T}", ""),
    ("dependents", rf"\b(?:callers?|clients?|consumers?|producers?|publishers?|subscribers?|dependents?|users?|readers?|writers?) (?:of|to|on) {_THE}{_T}", ""),
    ("dependents", rf"^who {_CALLS} {_THE}{_X}\s*\?*$", ""),
    ("dependencies", rf"\b(?:what|which|who|whom|where)\b.* (?:does|do|is|are|must|can) {_THE}{_T} (?:\w+ )?(?:{_CALLS}|depend|rely|dependent)", ""),
    ("dependencies", rf"\b(?:everything|all|anything|whatever|those) (?:that |which )?{_THE}{_T} {_CALLS}", ""),
    ("dependencies", rf"\b(?:dependenc(?:y|ies)|upstreams?|callees?|needs) (?:of|for|does) {_THE}{_T}|{_THE}{_T2}(?:'s)? dependenc", ""),
    ("listing", r"\b(?:what|which|list|show|name|how many|enumerate|tell me|do we have|are there|is there)\b", "kind"),
    ("describe", rf"^(?:what(?:'s| is| are| does)|describe|tell me about|explain|show(?: me)?|where (?:is|are|does)|how does) {_THE}{_T}"
                 rf"(?: (?:do|for|work|run|used for|made of|run on|deployed|hosted))?\s*\?*$", ""),
    ("how_to", r"^(?:what should|when should|why should|is it (?:ok|okay|wise|safe|bad|good))", ""),
    ("topic", r"\b(?:how|do|does|is|are|what|where|which|have|has|any|who|when|why)\b", "topic"),
    ("describe", rf"^{_THE}{_T}\s*\?*$", ""),
)  # fmt: skip

FRAMES: tuple[tuple[str, re.Pattern[str], str], ...] = tuple(
    (intent, re.compile(pattern), needs) for intent, pattern, needs in _ROWS
)
