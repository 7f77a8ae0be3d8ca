"""Secrets that need no name: tokens whose makers give them a prefix so that they can be recognised, keys in blocks, signed addresses.

The prefixes are those that the makers publish in their documentation. What is made to be seen stays: publishable keys, ids of accounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

# What a token begins with, whose it is, and how its rest looks: letters and digits (`\w`, `-`), so many at least.
PREFIXES: tuple[tuple[str, str, str], ...] = (
    ("A[KBSC][IC]A", "Amazon Web Services", r"(?=[A-Z0-9]{16}\b)[A-Z0-9]{16}"),
    ("gh[pousr]_", "GitHub", r"[A-Za-z0-9]{16,}"),
    ("github_pat_", "GitHub", r"\w{20,}"),
    ("gl(?:pat|dt|rt|ptt|cbt|soat|agent|ft|imt|ffct)-", "GitLab", r"[\w-]{16,}"),
    ("GR1348941", "GitLab", r"[\w-]{16,}"),
    ("xox[abeoprs](?:\\.xox[bp])?-", "Slack", r"[\w-]{10,}"),
    ("xapp-", "Slack", r"[\w-]{16,}"),
    ("[sr]k_(?:live|test)_", "Stripe", r"[A-Za-z0-9]{10,}"),
    ("whsec_", "Stripe", r"[\w+/=]{16,}"),
    ("AIza", "Google", r"[\w-]{30,}"),
    ("ya29\\.", "Google", r"[\w.-]{20,}"),
    ("GOCSPX-", "Google", r"[\w-]{20,}"),
    ("npm_", "npm", r"[A-Za-z0-9]{30,}"),
    ("pypi-", "PyPI", r"[\w-]{50,}"),
    ("rubygems_", "RubyGems", r"[a-f0-9]{32,}"),
    ("dckr_pat_", "Docker", r"[\w-]{20,}"),
    ("do[opr]_v1_", "DigitalOcean", r"[a-f0-9]{32,}"),
    ("SG\\.", "SendGrid", r"[\w-]{16,}\.[\w-]{16,}"),
    ("SK(?=[0-9a-f]{32}\\b)", "Twilio", r"[0-9a-f]{32}"),
    ("key-(?=[0-9a-f]{32}\\b)", "Mailgun", r"[0-9a-f]{32}"),
    ("sk-(?:proj-|ant-|svcacct-|admin-|live-|or-|lf-)?", "OpenAI, Anthropic", r"[\w-]{16,}"),
    ("hf_", "Hugging Face", r"[A-Za-z0-9]{30,}"),
    ("r8_", "Replicate", r"[A-Za-z0-9]{30,}"),
    ("gsk_", "Groq", r"[A-Za-z0-9]{30,}"),
    ("pplx-", "Perplexity", r"[A-Za-z0-9]{30,}"),
    ("dapi(?=[0-9a-f]{32})", "Databricks", r"[0-9a-f]{32}(?:-\d)?"),
    ("hv[sbr]\\.", "HashiCorp Vault", r"[\w-]{16,}"),
    ("shp(?:at|ca|pa|ss)_", "Shopify", r"[A-Za-z0-9]{16,}"),
    ("sq0(?:atp|csp|idp)-", "Square", r"[\w-]{20,}"),
    ("lin_api_", "Linear", r"[A-Za-z0-9]{20,}"),
    ("ntn_", "Notion", r"[A-Za-z0-9]{30,}"),
    ("PMAK-", "Postman", r"[\w-]{20,}"),
    ("NRA[KL]-", "New Relic", r"[A-Z0-9]{20,}"),
    ("gl(?:sa|c)_", "Grafana", r"[\w+/=]{20,}"),
    ("sntr[yu]s?_", "Sentry", r"[\w+/=.-]{20,}"),
    ("pscale_(?:tkn|pw|oauth)_", "PlanetScale", r"[\w.-]{16,}"),
    ("sb[ps]_", "Supabase", r"[a-f0-9]{30,}"),
    ("sb_secret_", "Supabase", r"[\w-]{16,}"),
    ("HRKU-", "Heroku", r"[\w-]{20,}"),
    ("fm2_", "Fly", r"[\w+/=]{20,}"),
    ("figd_", "Figma", r"[\w-]{20,}"),
    ("ATATT3x", "Atlassian", r"[\w=-]{20,}"),
    ("pat(?=\\w{14}\\.[a-f0-9]{32})", "Airtable", r"\w{14}\.[a-f0-9]{32,}"),
    ("tskey-", "Tailscale", r"[\w-]{16,}"),
    ("dp\\.(?:pt|st|ct|scim|audit)\\.", "Doppler", r"[\w.-]{20,}"),
    ("AGE-SECRET-KEY-1", "age", r"[A-Z0-9]{20,}"),
    ("EAA[AC]", "Meta, Square", r"[A-Za-z0-9]{40,}"),
    ("django-insecure-", "Django", r"\S{16,}"),
)  # fmt: skip
# Tokens that have no prefix but a form: bots of Telegram and Discord, keys of Azure, lists of Mailchimp, JSON web tokens.
_FORMS = (
    r"(?<!\d)\d{8,10}:AA[\w-]{33}(?![\w-])",
    r"\b[MNO][A-Za-z\d_-]{22,27}\.[\w-]{6}\.[\w-]{27,40}",
    r"(?<![A-Za-z0-9+/-])[A-Za-z0-9+/]{86}==",
    r"(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,40}",
    r"\b[0-9a-f]{32}-us\d{1,2}\b",
    r"\beyJ[\w-]{6,2000}\.eyJ[\w-]{6,4000}(?:\.[\w-]{0,1000})?",
    r"\beyJ[\w-]{40,2000}",
    r"\b[A-Za-z0-9]{14}\.atlasv1\.[\w-]{40,}",
)
_TOKEN = re.compile(
    "|".join(
        (
            *(
                rf"(?<![A-Za-z0-9])(?:{prefix})(?P<p{n}>{rest})"
                for n, (prefix, _, rest) in enumerate(PREFIXES)
            ),
            *(f"(?P<f{n}>{form})" for n, form in enumerate(_FORMS)),
        )
    )
)
# Addresses that let in whoever has them, up to what does.
_ADDRESS = re.compile(
    r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<slack>[\w/-]{8,200})"
    r"|discord(?:app)?\.com/api/(?:v\d+/)?webhooks/(?P<discord>\d+/[\w-]{8,200})"
    r"|(?:webhook\.office|outlook\.office)\.com/webhook(?:b2)?/(?P<teams>[\w@/-]{8,400})"
    r"|chat\.googleapis\.com/v1/spaces/[\w-]+/messages\?(?P<chat>\S{8,400})"
    r"|api\.telegram\.org/bot(?P<telegram>[\w:-]{8,100})"
    r"|[?&;](?:amp;)?(?:sig|signature|x-amz-(?:signature|security-token|credential)|x-goog-(?:signature|credential)|awsaccesskeyid|key|code"
    r"|access_?token|auth_?token|token|api_?key|apikey|secret|password|passwd|pwd|sas)=(?P<query>[^\s&\"'<>$`{*)\]]{4,4000})",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"\bBEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-{1,5}(?P<block>[^-]{0,20000})")
_BLOCK_END = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_IN_BLOCK = re.compile(r"[\s>|\"'+,-]*[A-Za-z0-9+/=]{16,80}(?:\\n)?[\s\"'+,]*")
_MADE_UP = re.compile(r"(?=[A-Za-z_]{0,40}\d)\w{8}")  # what a machine makes up has digits among its letters
_NAMED_TOO = re.compile(r"(?:key|code|token)\Z", re.IGNORECASE)
# Hashes of passwords, as files for logins keep them: whoever has one can try words against it.
_HASH = re.compile(
    r"\${1,2}(?:apr1|2[abxy]|[156y]|argon2\w{0,2})\${1,2}(?P<hash>[\w./$=,+-]{8,300})|\{S?SHA\}(?P<sha>[\w+/=]{16,100})"
)
# What a token stands in: so many signs without a blank.
_RUN = re.compile(r"[\w.~+/=:-]{15,}")
_CHOSEN = "django-insecure-"  # the rest may have any signs
MAX_CHOSEN = 120


def tokens(text: str) -> Iterator[tuple[int, int]]:
    """Yield where tokens, private keys and what opens signed addresses stand; of a token with a prefix what follows that.

    >>> text = "ghp_16C7e42F292c6912E7710c838347Ae178B4a and github_actions"
    >>> [text[a:b] for a, b in tokens(text)]
    ['16C7e42F292c6912E7710c838347Ae178B4a']
    >>> list(tokens("sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08, sk-learn-based-estimators"))
    []
    """
    for run in _RUN.finditer(text):
        if any(c.isdigit() for c in run[0]):
            yield from _within(text, run.start(), run.end() + (MAX_CHOSEN if _CHOSEN in run[0] else 0))
    for found in _ADDRESS.finditer(text) if "/" in text or "=" in text else ():
        group = found.lastgroup or ""
        if group != "query" or _opens(found[0].partition("=")[0], found[group]):
            yield found.span(group)
    for found in _HASH.finditer(text) if "$" in text or "SHA}" in text else ():
        yield found.span(found.lastgroup or "")
    for found in _BLOCK.finditer(text) if "PRIVATE KEY" in text else ():
        if found["block"].strip(" \n\r\"'\\n"):
            yield found.span("block")


def _within(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for found in _TOKEN.finditer(text, start, end):
        group = found.lastgroup or ""
        if group.startswith("f") or _MADE_UP.search(found[group]) or found[0].startswith(_CHOSEN):
            yield found.span(group)


def _opens(name: str, value: str) -> bool:
    """Return whether a parameter of an address is a secret; of `key` and `code` those that look made up by a machine."""
    if _NAMED_TOO.search(name):
        return len(value) >= 16 and any(c.isdigit() for c in value)
    return True


def is_in_block(lines: Sequence[str], at: int) -> bool:
    """Return whether a line is part of a private key that begins on an earlier one.

    >>> is_in_block(["-----BEGIN PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"], 1), is_in_block(["MIIEvQIBADANBgkqhkiG9w0BAQ"], 0)
    (True, False)
    """
    for n in range(at, max(at - 200, -1), -1):
        if n < at and _BLOCK_END.search(lines[n]):
            return True
        if _IN_BLOCK.fullmatch(lines[n][:200]) is None:
            return False
    return False
