"""The names that texts of causes and questions may hold in braces, filled from the evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from wizard.domain.checks import earlier_members, subjects
from wizard.domain.checks.launchdarkly import launchdarkly_approvals, launchdarkly_environment, launchdarkly_permissions
from wizard.domain.checks.segment import audience as audience_checks
from wizard.domain.checks.segment import audience_attached, destination, mapping
from wizard.domain.checks.sync import likely_reasons, sync_segment
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.flag_words import about_the_flag
from wizard.domain.diagnosis.symptom_id import SymptomId
from wizard.domain.findings import Finding, Status
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.links import Link
from wizard.domain.services.mapping import LABELS, widest_context_key
from wizard.domain.services.segment import Delivery, Workspace
from wizard.domain.signals import deliveries
from wizard.domain.signals.landing import counting_cost
from wizard.domain.wanted import chosen_environment, chosen_space, place_keys, wanted_client_side_id
from wizard.text import capitalized, count

LABELS_OF_COPIES = {"segment": "Segment", "client_side_id": "Client-side ID"}
_IN_FINDINGS: Mapping[str, tuple[tuple[str, str], ...]] = {
    launchdarkly_permissions.PERMISSIONS.id: (("Policy", "policy"),),
    launchdarkly_approvals.APPROVALS.id: (("Policy", "policy"),),
    destination.EXISTS.id: (("Client-side ID", "client_side_id"),),
    destination.CLIENT_SIDE_ID.id: (("Client-side ID", "wanted"),),
    launchdarkly_environment.CLIENT_SIDE_ID.id: (("Client-side ID", "client_side_id"),),
    mapping.TRIGGER.id: (("Trigger", "wanted"),),
    mapping.CONTEXT_KIND.id: (("Context kind", "wanted"),),
    mapping.CONTEXT_KEY.id: (("Context key", "wanted"),),
    sync_segment.SEGMENT.id: (("Segment", "name"),),
}
_TELL_APART = (
    "In LaunchDarkly, go to Code → Segments and find the segment that holds the audience's members. "
    "Don't delete any of them until you're certain."
)
_REMOVE = "In Segment, open the old audience, if it still exists, and choose Remove destination from audience."
_PAUSE = "switch Connect to destination off and on again, or ask Segment support for a resync of the audience"


@dataclass(frozen=True, slots=True)
class Copy:
    """A value that is pasted somewhere else."""

    label: str
    value: str


def words(evidence: Evidence) -> dict[str, str]:
    """Return a text for every name, even if nothing is known about what it names."""
    audience, name = evidence.audience, evidence.name
    own = audience.name if audience else "the audience"
    to = evidence.destination.name if evidence.destination else "the LaunchDarkly destination"
    return {
        "audience": own,
        "audience_key": audience.key if audience else "the audience's key",
        "segment": name,
        **_about_kinds(evidence, name),
        "destination": to,
        "place": _place(evidence),
        "elsewhere": evidence.whereabouts.environment or "another environment",
        "client_side_id": wanted_client_side_id(evidence.facts, evidence.answers) or "the environment's client-side ID",
        **_about_the_token(evidence, to),
        "context_kind": _kind(subjects.context_kind(evidence.facts, evidence.answers), "the mapping's kind"),
        "context_key": f"“{LABELS[evidence.context_key]}”" if evidence.context_key else "the mapping's context key",
        "test_user": evidence.answers.test_user or "The user",
        "name_user": name_user(evidence, SymptomId.USER_MISSING),
        "why_no_value": _why_no_value(evidence),
        **about_the_flag(evidence, name),
        **_about_the_events(evidence),
        **_about_the_store(evidence),
        "counts": evidence.counts if evidence.segment else "an unknown number of members",
        "lacking": _lacking(evidence),
        "left_out": _left_out(evidence),
        "wider_key": _wider_key(evidence),
        "what_counting_costs": counting_cost((audience,) if audience else (), evidence.facts.previews_used),
        "why_they_stay": earlier_members.why_they_stay(evidence.segment, audience)
        if evidence.segment and audience
        else "LaunchDarkly got no removal for them.",
        "why_retried": deliveries.why_retried(evidence.delivery) if evidence.delivery else "LaunchDarkly is busy.",
        "missing_setting": likely_reasons.why_settings(evidence.facts, evidence.answers)[0],
        "surplus": count(max(0, -evidence.missing), "member"),
        "others": ", ".join(one.key for one in evidence.others_of_the_name[:3]) or "The other segment",
        "candidates": ", ".join(f"{one.name} ({one.key})" for one in evidence.candidates[:3]) or "other segments",
        **_ways(evidence, own, to, name),
    }


def _about_kinds(evidence: Evidence, segment: str) -> dict[str, str]:
    """Return texts about the kinds that differ: the segment's and the mapping's, or both from the app's."""
    own, sent = (
        evidence.segment.context_kind if evidence.segment else "",
        subjects.context_kind(evidence.facts, evidence.answers),
    )
    new = "A segment keeps its kind. To use another kind, "
    new += f"delete {segment} once no flag uses it, and attach the audience again."
    if own and sent and own != sent:
        return {
            "kinds_differ": f"{segment} holds {own} contexts, but the mapping creates {sent} contexts.",
            "one_kind": f"In the Mapping step, set the context kind back to {own} and apply the plan. Evaluate the "
            f"flag with {own} contexts. {new}",
        }
    held, holder = _kind(own or sent, "the segment's kind"), segment if evidence.segment else capitalized(segment)
    holds = f"{holder} holds contexts of {held}" if own or sent else "The segment holds contexts of one kind only"
    return {
        "kinds_differ": f"Your app evaluates the flag with another context kind. {holds}.",
        "one_kind": f"Evaluate the flag with a context of {held}. Or choose your app's context kind in the Mapping "
        f"step, and apply the plan. {new}",
    }


def _kind(kind: str, unknown: str) -> str:
    return f"the kind {kind}" if kind else unknown


_NO_NAMES = ("the ", "your ", "other ")


def sentence(text: str, named: dict[str, str]) -> str:
    """Return the text with its names filled in, capitalized if a stand-in for an unknown name begins it."""
    filled = text.format_map(named)
    return capitalized(filled) if filled.startswith(_NO_NAMES) else filled


def _why_no_value(evidence: Evidence) -> str:
    user = evidence.answers.test_user
    if not user:
        way = evidence.keys.name_user or "--user KEY in a command"
        return f"Name the user ({way}), and the wizard asks LaunchDarkly what the flag serves them."
    return f"The wizard couldn't read what the flag serves {user}."


def name_user(evidence: Evidence, symptom: SymptomId) -> str:
    """Return the key or the command that names the user whom the symptom is about."""
    return evidence.keys.name_user or f"audience-wizard troubleshoot {symptom} --user KEY"


def _about_the_events(evidence: Evidence) -> dict[str, str]:
    audiences = (evidence.audience,) if evidence.audience else ()
    seen = evidence.delivery or Delivery(0, 0, 0)
    why, fix = likely_reasons.why_unfit(seen, audiences, evidence.facts, evidence.answers)
    last_sent = "its last members arrived" if evidence.members else "you attached the destination"
    return {"why_unfit": why, "fix_unfit": fix, "last_sent": last_sent}


def _about_the_store(evidence: Evidence) -> dict[str, str]:
    """Return what is wrong with the persistent store; where nobody could list the stores, only the app is known."""
    place, stores = _place(evidence), evidence.stores
    troubled = next((one for one in stores or () if one.trouble), None)
    sick = f"The persistent store {troubled.name} {troubled.trouble}" if troubled else ""
    add = f"In LaunchDarkly, go to Integrations and add a Redis or DynamoDB persistent store for {place}"
    return {
        "no_store": f"{place} has no persistent store" if stores == () else "Your app doesn't read a persistent store",
        "add_store": f"{add}." if stores == () else f"{add}, unless it has one.",
        "repair_store": troubled.fix if troubled else "open the persistent store and repair what it reports",
        "sick_store": sick or f"The persistent store of {place} isn't healthy",
    }


def _lacking(evidence: Evidence) -> str:
    if evidence.landing == 0 and evidence.size:
        return f"All {count(evidence.size, 'member')}"
    return "All members" if evidence.has_status(audience_checks.IDENTIFIERS, Status.FAIL) else "Some members"


def _left_out(evidence: Evidence) -> str:
    """Return a sentence with the number of members who don't sync, beginning with a space; empty if it's unknown."""
    size, landing = evidence.size or 0, evidence.landing
    without = size - landing if landing is not None else max(0, evidence.missing)
    if not without or not size or without == size:
        return ""
    said = f"{without:,} of {count(size, 'member')}"
    return f" They are {said}." if landing is not None else f" {said} are missing."


def _wider_key(evidence: Evidence) -> str:
    """Return the context key that leaves out the fewest members; without a better one, what it has to do."""
    key, admitted = subjects.context_key(evidence.facts, evidence.answers), evidence.audience
    best = widest_context_key([admitted]) if admitted is not None and admitted.identifiers else key
    if best is None or best is key:
        return "a context key that falls back to an identifier of these members"
    return f"“{LABELS[best]}” as the context key"


def _place(evidence: Evidence) -> str:
    keys = place_keys(evidence.facts, evidence.answers)
    return " / ".join(keys) if all(keys) else "your app's environment"


def _about_the_token(evidence: Evidence, destination_name: str) -> dict[str, str]:
    """Return the words about the token. Without a destination, only the wizard holds it."""
    in_step = "paste it in the LaunchDarkly step and apply the plan"
    on_tab = f"put it into LaunchDarkly Service Token on the Settings tab of {destination_name}"
    is_held = evidence.destination is not None or not isinstance(evidence.facts.destinations, tuple)
    put_it_in = f"{in_step}, or {on_tab}." if is_held else f"{in_step}."
    compared = evidence.finding(destination.TOKEN)
    return {
        "whose_token": "The destination's token" if is_held else "The access token",
        "put_it_in": f"Then {put_it_in}",
        "put_a_new_one_in": f"If you get a new token, {put_it_in}",
        "replace_token": compared.fix
        if compared is not None and compared.fix
        else "In LaunchDarkly, go to Organization settings → Authorization and create a service token with the Writer "
        f"role. Then {put_it_in}",
    }


def _ways(evidence: Evidence, audience: str, destination_name: str, segment: str) -> dict[str, str]:
    """Return fixes that depend on how the audience is attached, and on which flags use a segment."""
    where = f"In Segment, go to Engage → Audiences → {audience}, open {destination_name}"
    by_api = evidence.activation is not None or evidence.has_status(audience_attached.ACTIVATION, Status.WARN)
    key = evidence.audience.key if evidence.audience else audience
    way = evidence.keys.send_again or f"audience-wizard apply --resync {key}"
    resync = f"{where} and {_PAUSE}."
    if by_api:
        resync = f"Send all members again ({way})."
    clause = f"send all members again ({way})" if by_api else _PAUSE
    history = f"{resync} Or create a new audience with Include Historical Event Data on, and a look-back window."
    other = next(iter(evidence.others_of_the_name), None)
    lost = next(iter(evidence.lost_segments), None)
    used = evidence.flags_of(other) if other else None
    return {
        "resync": resync,
        "resync_clause": clause,
        "resync_or_history": history,
        "events_that_add": resync
        if evidence.has_status(mapping.FIELDS, Status.PASS)
        else "Restore the preset's value of the mapping's field traits_or_props in Review (audience-wizard apply).",
        "retire_other": _retire_other(other, used, segment) if evidence.segment else _TELL_APART,
        "lost_segment": lost.name if lost else "the segment",
        "retire_lost": _retire(lost.name if lost else "the segment", evidence.flags_of(lost) if lost else None),
        "retire_own_clause": f"in LaunchDarkly {_retire_its_own(evidence, segment)}",
        "retire_clause": _retire(segment, evidence.flags),
        "fresh_segment": _fresh(segment, evidence.flags, clause),
    }


def _retire_other(other: LaunchDarklySegment | None, used: tuple[str, ...] | None, right: str) -> str:
    key = other.key if other else "the other segment"
    if other is not None and not other.external:
        return f"In LaunchDarkly, {_retire(key, used)}. Or rename it there."
    if not used:
        return f"{_REMOVE} Then, in LaunchDarkly, {_retire(key, used)}."
    flags = ", ".join(used[:3])
    return (
        f"In LaunchDarkly, go to Code → Flags and point {flags} at the new {right} first. {_REMOVE} Delete {key} last."
    )


def _fresh(segment: str, flags: tuple[str, ...] | None, resync: str) -> str:
    """Return how to get a segment with only today's members. A segment that a flag uses is deleted last."""
    if not flags:
        return f"In LaunchDarkly, {_retire(segment, flags)}. Then {resync}."
    return (
        "In Segment, recreate the audience with a key that was never used, and attach it. In LaunchDarkly, go to "
        f"Code → Flags and point {', '.join(flags[:3])} at its new segment, and delete {segment} last."
    )


def _retire_its_own(evidence: Evidence, segment: str) -> str:
    """Return how to retire the audience's segment. For a deleted audience, it's the one segment without an audience."""
    lost = evidence.lost_segments
    if evidence.audience is None and len(lost) == 1:
        return _retire(lost[0].name, evidence.flags_of(lost[0]))
    return _retire(segment, evidence.flags)


def _retire(segment: str, flags: tuple[str, ...] | None) -> str:
    """Return how to delete a segment, but never while a flag uses it."""
    if flags is None:
        return f"go to Code → Segments, open {segment}, check which flags use it, and delete it once no flag does"
    if not flags:
        return f"go to Code → Segments and delete {segment}, which no flag uses"
    used = ", ".join(flags[:3])
    return f"go to Code → Flags and point {used} at another segment, and only then delete {segment}"


# --- values and pages ---------------------------------------------------------------------------------------------


def copies_of(finding: Finding) -> tuple[Copy, ...]:
    """Return the values of a finding that its fix asks to paste somewhere."""
    named = ((label, finding.evidence.get(name)) for label, name in _IN_FINDINGS.get(finding.id, ()))
    return tuple(Copy(label, _text(value)) for label, value in named if value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, indent=2)


def page(link: Link, evidence: Evidence) -> Link | None:
    """Return the link with this setup's keys filled in; None while one of them isn't known."""
    if "{" not in link.url:
        return link
    place = chosen_environment(evidence.facts, evidence.answers)
    if link is links.LAUNCHDARKLY_SEGMENT and place and evidence.segment:
        return links.segment_page(place[0].key, place[1].key, evidence.segment)
    try:
        return link.to(**_keys(evidence))
    except KeyError:
        return None


def _keys(evidence: Evidence) -> dict[str, str]:
    facts, answers = evidence.facts, evidence.answers
    place, space = chosen_environment(facts, answers), chosen_space(facts, answers)
    workspace = facts.workspace.slug if isinstance(facts.workspace, Workspace) else ""
    known = {
        "project": place[0].key if place else "",
        "environment": place[1].key if place else "",
        "segment": evidence.segment.key if evidence.segment else "",
        "flag": answers.flag or (evidence.flags[0] if evidence.flags and len(evidence.flags) == 1 else ""),
        "space": (space.slug or space.id) if space else "",
        "workspace": workspace,
        "audience": evidence.audience.id if evidence.audience else "",
    }
    return {name: key for name, key in known.items() if key}
