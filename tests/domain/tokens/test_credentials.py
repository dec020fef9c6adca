"""Credentials: what a paste holds after cleaning, and which mistake it is in each of the three fields."""

from __future__ import annotations

import time

import pytest

from wizard.domain.credentials import (
    Paste,
    Shape,
    mistake_in_client_side_id,
    mistake_in_launchdarkly_token,
    mistake_in_segment_token,
    read_paste,
)

TOKEN = "api-12345678-90ab-cdef-1234-567890abcdef"
SDK_KEY = "sdk-12345678-90ab-cdef-1234-567890abcdef"
MOBILE_KEY = "mob-12345678-90ab-cdef-1234-567890abcdef"
CLIENT_SIDE_ID = "57be1db38b75bf0772d11384"
SEGMENT_TOKEN = "sgp_Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg"


@pytest.mark.parametrize(
    ("raw", "shape"),
    [
        (TOKEN, Shape.ACCESS_TOKEN),
        ("api-short", Shape.ACCESS_TOKEN),
        (SDK_KEY, Shape.SDK_KEY),
        (MOBILE_KEY, Shape.MOBILE_KEY),
        (CLIENT_SIDE_ID, Shape.CLIENT_SIDE_ID),
        (CLIENT_SIDE_ID.upper(), Shape.OTHER),
        (CLIENT_SIDE_ID + "0", Shape.OTHER),
        (SEGMENT_TOKEN, Shape.SEGMENT_TOKEN),
        ("production", Shape.OTHER),
        ("what is a token", Shape.WORDS),
        ("", Shape.OTHER),
        (f"{TOKEN} {TOKEN}", Shape.SEVERAL),
        (f"{TOKEN}{TOKEN}", Shape.SEVERAL),
        (f"{SDK_KEY}{MOBILE_KEY}", Shape.SEVERAL),
        (f"{TOKEN}\n{CLIENT_SIDE_ID}", Shape.SEVERAL),
        (f"{CLIENT_SIDE_ID}\t{SEGMENT_TOKEN}", Shape.SEVERAL),
        (f"{SEGMENT_TOKEN}\r\n{SEGMENT_TOKEN}", Shape.SEVERAL),
        (f"{TOKEN}{SEGMENT_TOKEN}", Shape.SEVERAL),
        (f"{SEGMENT_TOKEN}{TOKEN}", Shape.SEVERAL),
        (f"{SEGMENT_TOKEN}{SEGMENT_TOKEN}", Shape.SEVERAL),
        (f"{CLIENT_SIDE_ID}{SEGMENT_TOKEN}", Shape.SEVERAL),
        (f"Zm9vYmFyYmF6cXV4{TOKEN}", Shape.SEVERAL),
        (f"{TOKEN}Zm9vYmFyYmF6cXV4MTIzNDU2", Shape.SEVERAL),
        (f"{TOKEN}\nx", Shape.WORDS),
        (f"token: {TOKEN}", Shape.WORDS),
    ],
)
def test_a_paste_has_a_shape(raw: str, shape: Shape) -> None:
    assert read_paste(raw).shape is shape


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (TOKEN, TOKEN),
        (f"  {TOKEN}\t", TOKEN),
        (f"{TOKEN}\n", TOKEN),
        (f"\u00a0{TOKEN}\r\n", TOKEN),
        (f'"{TOKEN}"', TOKEN),
        (f"'{TOKEN}',", TOKEN),
        (f"“{TOKEN}”", TOKEN),
        (f"`{TOKEN}`", TOKEN),
        (f"{TOKEN};", TOKEN),
        (f"Bearer {TOKEN}", TOKEN),
        (f"bearer  {TOKEN}", TOKEN),
        (f"Authorization: {TOKEN}", TOKEN),
        (f'"authorization: Bearer {TOKEN}"', TOKEN),
        (f"export LAUNCHDARKLY_ACCESS_TOKEN={TOKEN}", TOKEN),
        (f"LD_ACCESS_TOKEN='{TOKEN}'", TOKEN),
        (f"set LD={TOKEN}", TOKEN),
        (f'$env:LD = "{TOKEN}"', TOKEN),
        (f"\x1b[200~{TOKEN}\x1b[201~", TOKEN),
        (f"\ufeff{TOKEN}\u200b\x00", TOKEN),
        (f"{TOKEN[:20]}\n{TOKEN[20:]}", TOKEN),
        ("Zm9vYmFyYmF6==", "Zm9vYmFyYmF6=="),
        ("Zm9vYmFyYmF6cQ=", "Zm9vYmFyYmF6cQ="),
        ("Bearer", "Bearer"),
        ('"', '"'),
        ('""', ""),
        (" \n ", ""),
    ],
)
def test_what_a_copy_brings_along_is_taken_off(raw: str, text: str) -> None:
    assert read_paste(raw).text == text


def test_what_is_in_the_middle_of_two_stays_there() -> None:
    assert read_paste(f" {TOKEN}\n{SDK_KEY} ").text == f"{TOKEN}\n{SDK_KEY}"


def test_a_paste_does_not_show_what_it_holds() -> None:
    assert TOKEN not in repr(read_paste(TOKEN))


# --- mistakes ---------------------------------------------------------------------------------------------------

FIELDS = {
    "token": mistake_in_launchdarkly_token,
    "client-side ID": mistake_in_client_side_id,
    "Segment token": mistake_in_segment_token,
}

MISTAKES = [
    ("token", TOKEN, ""),
    ("token", "a-token-of-another-form", ""),
    ("token", SDK_KEY, "This is an SDK key, which doesn't work"),
    ("token", MOBILE_KEY, "This is a mobile key, which doesn't work"),
    (
        "token",
        CLIENT_SIDE_ID,
        "This looks like a client-side ID. If the access token is in the other field, swap the two.",
    ),
    ("token", f"{TOKEN}\n{TOKEN}", "This is more than one credential. Paste only an access token."),
    ("token", "", "Nothing was pasted. In LaunchDarkly, access tokens are"),
    ("token", "••••••••••1a2b", "This is a masked secret"),
    ("token", "api-************1a2b", "This is a masked secret"),
    ("token", "the token", "This has spaces. Paste only an access token."),
    (
        "token",
        SEGMENT_TOKEN,
        "This is a Segment Public API token, not an access token. In LaunchDarkly, access tokens are",
    ),
    ("token", f"{TOKEN}{SEGMENT_TOKEN}", "This is more than one credential."),
    ("token", f"{TOKEN}\nx", "This is more than one line. Paste only an access token."),
    ("token", f"{TOKEN}\r\nx", "This is more than one line."),
    ("token", f"{TOKEN}\n", ""),
    ("token", "api-éé", "This has characters that an access token never has."),
    ("client-side ID", CLIENT_SIDE_ID, ""),
    ("client-side ID", "57BE1DB38B75BF0772D11384", ""),
    ("client-side ID", TOKEN, "This is an access token. If the client-side ID is in the token's field, swap the two."),
    ("client-side ID", SDK_KEY, "This is an SDK key, not a client-side ID"),
    ("client-side ID", MOBILE_KEY, "This is a mobile key, not a client-side ID"),
    ("client-side ID", SEGMENT_TOKEN, "This is a Segment Public API token, not a client-side ID."),
    ("client-side ID", "production", "This looks like an environment's key"),
    ("client-side ID", "my-very-own-long-environment", "This looks like an environment's key"),
    ("client-side ID", "", "Nothing was pasted. In LaunchDarkly, the client-side ID is"),
    ("client-side ID", "Our production", "This has spaces"),
    ("client-side ID", f"{CLIENT_SIDE_ID} {CLIENT_SIDE_ID}", "This is more than one credential."),
    ("Segment token", SEGMENT_TOKEN, ""),
    ("Segment token", TOKEN, "This looks like a LaunchDarkly access token. In Segment, Public API tokens are"),
    ("Segment token", SDK_KEY, "This looks like a LaunchDarkly SDK key."),
    ("Segment token", MOBILE_KEY, "This looks like a LaunchDarkly mobile key."),
    ("Segment token", CLIENT_SIDE_ID, "This looks like a LaunchDarkly client-side ID."),
    ("Segment token", f"{SEGMENT_TOKEN}\n", ""),
    ("Segment token", f"{SEGMENT_TOKEN}\nx", "This is more than one line. Paste only a Public API token."),
    ("Segment token", f"{SEGMENT_TOKEN}{TOKEN}", "This is more than one credential."),
    ("Segment token", "", "Nothing was pasted. In Segment, Public API tokens are"),
    ("Segment token", f"{SEGMENT_TOKEN} {SEGMENT_TOKEN}", "This is more than one credential."),
]


@pytest.mark.parametrize(("field", "raw", "said"), MISTAKES)
def test_a_mistake_is_named_in_its_field(field: str, raw: str, said: str) -> None:
    mistake = FIELDS[field](read_paste(raw))
    assert mistake.startswith(said)
    assert bool(mistake) is bool(said)


@pytest.mark.parametrize(("field", "raw", "said"), [case for case in MISTAKES if case[2]])
def test_a_mistake_is_reported_in_short_sentences_without_blame(field: str, raw: str, said: str) -> None:
    mistake = FIELDS[field](read_paste(raw))
    assert mistake.endswith(".")
    assert "!" not in mistake
    assert "you " not in mistake.lower()
    assert len(mistake) < 220, said
    assert not raw or raw not in mistake


@pytest.mark.parametrize("shape", [Shape.SDK_KEY, Shape.MOBILE_KEY, Shape.CLIENT_SIDE_ID, Shape.SEVERAL, Shape.WORDS])
def test_a_shape_alone_is_enough_to_name_the_mistake(shape: Shape) -> None:
    """Facts keep the shape, never the text."""
    assert mistake_in_launchdarkly_token(Paste("", shape))
    assert mistake_in_segment_token(Paste("", shape))


@pytest.mark.parametrize("piece", ['"', "bearer ", "api-", "\x1b[0", "A=", " "])
def test_a_file_pasted_as_a_token_is_refused_at_once(piece: str) -> None:
    began = time.process_time()
    paste = read_paste(piece * 200_000)
    assert time.process_time() - began < 1.0
    assert mistake_in_launchdarkly_token(paste) == "This is more than one credential. Paste only an access token."
