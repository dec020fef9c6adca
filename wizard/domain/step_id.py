"""The steps of the walk, in their order."""

from __future__ import annotations

from enum import StrEnum


class StepId(StrEnum):
    """The ID of a step, also in the saved file and in the JSON of `doctor`."""

    PREREQUISITES = "prerequisites"
    LAUNCHDARKLY = "launchdarkly"
    SEGMENT = "segment"
    DESTINATION = "destination"
    MAPPING = "mapping"
    AUDIENCES = "audiences"
    REVIEW = "review"
    FIRST_SYNC = "first_sync"
