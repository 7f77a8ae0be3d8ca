"""Small words and marks of speech that the reading of sentences turns on."""

from __future__ import annotations

from buttress.prose.caseless import Caseless

DETERMINERS = frozenset(
    """
        the a an this that these those its their our your his her each every all any some no both either one
        another such
    """.split()
)
PREPOSITIONS = frozenset(
    """
        to from in into on onto with via through by for of at against over between among across upon within
        under towards toward per about using behind off inside outside near without
    """.split()
)
PRONOUNS = frozenset(["it", "they", "this", "these", "which", "that", "who"])
# Words before a role that say nothing of which one it is.
PALE = frozenset(
    """
        new existing current own dedicated single same other different separate external internal underlying
        particular specific various multiple several many more most few main primary secondary second third
        first last next previous actual real full whole entire remote local central global corresponding
        appropriate relevant following given above below additional extra optional default standard custom
        common shared respective small large big simple fast slow highly available running regular normal typical
        certain two three four five six configured deployed designated correct old original only just also still even
        individual very high-performance scalable robust powerful modern distributed production-ready backing upstream greenfield brownfield
        downstream self-hosted managed open-source in-house popular dead live core overall
    """.split()
)
_SHORT = "isn't aren't wasn't weren't hasn't haven't hadn't doesn't don't didn't can't won't wouldn't shouldn't couldn't mustn't cannot".split()
STOP = frozenset((*_SHORT, *(word.replace("'", "’") for word in _SHORT))) | frozenset(
    """
        the a an and or but if then else when while where which who whom whose what how why that this these
        those it its they them their there here he she we our us you your i my me as at by for from in into
        of off on onto out over to under up via with within without about above across after against along
        among around before behind below beneath beside between beyond during except inside near since
        through throughout till until upon is are was were be been being am do does did done doing have has
        had having can could may might must shall should will would not no nor so than too very just only
        also even still yet already again once twice ever never always often usually sometimes typically
        normally generally currently now later soon e.g i.e etc eg ie vs per because although though however
        therefore thus hence instead rather like unlike such both either neither each every all any some
        many much more most few less least several other others another same different own new old first
        last next previous one two three let lets please note yes ok okay make makes made sure easy hard
        good bad better best well high low well-known following example examples using used use uses based
        moreover furthermore nevertheless nonetheless otherwise besides anyway
        due whether itself themselves straight alone together away ahead afterwards meanwhile whenever wherever whatever whichever whereas unless whose toward towards despite per regardless
    """.split()
)
GENITIVE = ("'s", "’s")
ALTERNATIVE = Caseless(
    r"\b(?:e\.g\.?|i\.e\.?|such as|for example|for instance|instead of|rather than|unlike|as opposed to|compared (?:to|with)|similar to|"
    r"analogous to|alternatives? to|replac(?:e|ed|es|ing)|not|versus|vs\.?|other than|considered|evaluated|could (?:also )?(?:use|be)|"
    r"might (?:use|be)|like)\W+(?:\w+\W+){0,3}$",
)
NEGATED = Caseless(
    r"\b(?:not|never|no longer|cannot|can't|don't|doesn't|won't|isn't|aren't|without|instead of|rather than|avoid(?:s|ed|ing)?|"
    r"refrain(?:s|ing)?|prevents|forbids|prohibits|nor|neither)\b",
)
DENIED = Caseless(rf"{NEGATED.pattern}|\b(?:no|none|nobody|nothing)\b")
HYPOTHETICAL = Caseless(
    r"\b(?:could|might|would|possibly|potentially|perhaps|maybe|alternatively|if we|we considered|imagine|suppose)\b",
)
PLANNED = Caseless(
    r"\b(?:will|(?:we|it|they|i|you)['’]ll|plan(?:s|ned)?(?: to)?|planning|going to|in (?:the )?future|upcoming|roadmap|to be (?:added|built|done|implemented)|not yet|"
    r"later we|at (?:greater|larger|higher) (?:scale|volumes?|loads?|traffic)|next (?:step|phase|quarter)|intend(?:s|ed)?|eventually|proposed?|TODO|TBD)\b",
)
ASIDE = Caseless(
    r"\b(?:alternatives?|rejected|options? considered|(?:additional|further|other|optional) (?:\w+ )?options?|considered|glossary|terminology|^references?$|^reference (?:list|links|material)s?|further reading|see also|credits?|acknowledg|licen[cs]e|"
    r"contribut(?!ing (?:factors?|causes?|conditions?))|changelog|prior art|related work|bibliography|table of contents|appendix|faq|source\(?s\)?|disclaimer|"
    r"get(?:ting)? (?:involved|help)|^(?:\w+ )?community(?: \w+)?$|^resources$|help and resources|^(?:commercial |professional |user )?support$|mailing lists?|"
    r"stay in touch|^ecosystem$|^contact(?: us)?$|citation|citing|sponsors?|who uses)",
)
# Sections and turns of phrase for what was decided against.
REJECTED_SECTION = Caseless(
    r"\b(?:alternatives?|rejected|(?:options?|approaches|solutions|designs) considered|considered (?:options?|approaches|solutions)|other options?|"
    r"possible (?:solutions|approaches|designs)|not chosen|discarded)\b",
)
REJECTED = Caseless(
    r"^\W*(?:\w+\W+){0,2}?(?:was|were|is|are|has been|have been|got)\s+(?:\w+ly\s+)?(?:rejected|discarded|dismissed|ruled out|dropped|not chosen|turned down|"
    r"abandoned|considered)\b",
)
# Sections that tell of those who use a thing, or would like to, in order to say what it is for.
FOR_WHOM = Caseless(r"\b(?:use[- ]cases|user stories|case studies|personas)\b")
# Titles over what is aimed at, and over what isn't.
AIMS = Caseless(r"^\W*(?:[\d.]+\s*)?(?:\w+ )?(?:non[- ]?)?goals?(?: and non[- ]?goals?)?\W*$")
HOW_TO = Caseless(
    r"\b(?:install(?:ation|ing)?|quick ?start|getting started|prerequisites?|requirements|usage|how to|running (?:the )?tests?|build(?:ing)?|development (?:setup|environment)|"
    r"set(?:ting)? ?up|local development|troubleshooting|debugging|commands?|tips|screenshots?|demo)\b",
)
# "Make failure boring", "Never trust the network"
ADVICE_TITLE = Caseless(
    r"^\W*(?:\d+[.)]?\s*)?(?:make|keep|avoid|prefer|never|always|don't|do not|choose|treat|assume)\s+\w"
)
