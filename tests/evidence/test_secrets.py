"""What a quote or a name may show: no secret in any spelling, and no less than stands there where none is."""

from __future__ import annotations

import pytest

from buttress.evidence.secrets import HIDDEN, quotable, secret_places, veiled


@pytest.mark.parametrize(
    ("before", "secret", "behind"),
    [
        ("the desk's password: `", "rosebud77", "`"),
        ("**Password**: ", "rosebud77x", ""),
        ("export DESK_TOKEN=", "f00dfeed", " and go"),
        ("amqp://desk:", "rosebud", "@mq:5672"),
        ("AKIA", "ROSEBUD7ROSEBUD7", " is the key"),
        ("x " * 2000 + "password=", "rosebud77", ""),
    ],
)
def test_a_secret_is_not_shown(before: str, secret: str, behind: str) -> None:
    assert quotable(before + secret + behind) == before
    assert veiled(before + secret + behind) == before + HIDDEN + behind


@pytest.mark.parametrize(
    "plain",
    [
        "Images come from asia-northeast1-docker.pkg.dev/desk.",
        "Asia-southeast1-letters2 is the second region.",
        "The token: `oauth2`, the password: ******",
    ],
)
def test_what_is_no_secret_stays(plain: str) -> None:
    assert secret_places(plain) == []
    assert quotable(plain) == veiled(plain) == plain
