"""Secrets taken out by value and by form, and what is left of them found."""

from __future__ import annotations

import base64

import pytest

from wizard.domain.tokens.scrub import HIDDEN, leaks, scrub

TOKEN = "api-11112222-3333-4444-5555-666677778888"
SEGMENT = "sgp_QWERTYuiopASDFGHjklzxcvbnm"
ODD = "Zx9!kQ7pLm2#vB4n"


@pytest.mark.parametrize(
    "text",
    [
        f"before {TOKEN} after",
        f"before {TOKEN.upper()} after",
        f"before {TOKEN[4:14]} after",
        f"before {TOKEN[-12:]} after",
        f"before {base64.b64encode(TOKEN.encode()).decode()} after",
        f"before x{SEGMENT[6:14]}y after",
        f"before {ODD[3:12]} after",
        f"before {TOKEN}{TOKEN} after",
    ],
)
def test_a_secret_and_every_part_of_it_is_taken_out_by_value(text: str) -> None:
    secrets = (TOKEN, SEGMENT, ODD)
    assert leaks(text, secrets)
    scrubbed = scrub(text, secrets)
    assert scrubbed.startswith("before ")
    assert scrubbed.endswith(" after")
    assert HIDDEN in scrubbed
    assert leaks(scrubbed, secrets) == ()


@pytest.mark.parametrize(
    "text",
    [
        "api-0123abcd-0123-0123-0123-0123456789ab",
        "https://example.com/x/api-0123abcd-0123-0123-0123-0123456789ab",
        "sdk-abcd",
        "mob-secretsecret",
        "sgp_secret",
        "Authorization: Bearer abc.def-ghi",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.sflKxwRJ",
        'token": "0123456789abcdef0123456789abcdef',
        "the token 0123456789abcdef0123456789abcdef",
        "api_key=QUJDREVGR0hJSktMTU5PUFFSU1RVVg==",
    ],
)
def test_what_has_the_form_of_a_secret_is_taken_out_though_nobody_gave_it(text: str) -> None:
    assert leaks(text, ())
    assert HIDDEN in scrub(text, ())
    assert leaks(scrub(text, ()), ()) == ()


@pytest.mark.parametrize(
    "text",
    [
        "client-side ID 57be1db38b75bf0772d11384",
        "https://launchdarkly.com/docs/home/account/api-create",
        "/api/v2/tokens/61095542756dba551110ae21",
        'curl -H "Authorization: Bearer $SEGMENT_PUBLIC_API_TOKEN" -H "Authorization: $LAUNCHDARKLY_ACCESS_TOKEN"',
        "LD-API-Version: 20240415",
        "an access token (api-…), launchdarkly.token.permissions, ends in b0fa",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert scrub(text, (TOKEN, SEGMENT)) == text
    assert leaks(text, (TOKEN, SEGMENT)) == ()


def test_words_that_are_too_short_to_be_secret_are_no_secret() -> None:
    assert scrub("no", ("no", "")) == "no"


def test_letters_that_grow_when_lowered_move_nothing() -> None:
    assert scrub(f"İİßß {TOKEN} ß", (TOKEN,)) == f"İİßß {HIDDEN} ß"


def test_what_a_hidden_value_was_called_stays() -> None:
    assert scrub('"password": "abcdefghijklmnopqrstuvwxyz"', ()) == f'"password": "{HIDDEN}"'
