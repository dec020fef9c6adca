"""A request to the person who can make a diagnosis's fix: plain text for a chat, without secrets."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.domain.diagnosis.cause import Request
from wizard.domain.diagnosis.conclusion import Diagnosis
from wizard.domain.wanted import environment_words
from wizard.flow.request_card import NEVER_IN_A_CHAT, pages, section
from wizard.flow.state import State
from wizard.text import capitalized, plain


def fix_request(end: Diagnosis, state: State) -> str:
    """Return the request; empty if nobody else has to do anything."""
    where = environment_words(state.facts, state.answers)
    return "\n".join(_parts(end, end.request, plain(where))) + "\n" if end.request else ""


def _parts(end: Diagnosis, request: Request, where: str) -> Iterator[str]:
    yield f"Request: a fix for syncing Twilio Segment audiences to LaunchDarkly{f', in {where}' if where else ''}"
    yield section("What is wrong", _ours(end.says), *(f"- {_ours(proof.fact)}" for proof in end.proofs))
    values = (f"{one.label}: {one.value}" for one in end.copies)
    yield section("What to do", f"{capitalized(_ours(request.to))}.", *values)
    yield section("Pages", *(line for url in end.links for line in pages(url)))
    if request.makes_token:
        yield section("How to send me the token", NEVER_IN_A_CHAT)


def _ours(text: str) -> str:
    """Return a sentence from the sender's point of view: "our" instead of "your"."""
    return text.replace("Your ", "Our ").replace(" your ", " our ")
