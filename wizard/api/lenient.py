"""Models that accept whatever the services send: unknown fields are ignored, wrong or missing ones get the default.

Only a field without a default (an id) makes an item unusable. Then the item is dropped, never its list. Texts are
cleaned here, once, where they enter.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from wizard.clock import yield_to_event_loop
from wizard.text import KEY_LIMIT, plain, whole


class Remote(BaseModel):
    """One object of a response."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True, defer_build=True)

    @field_validator("*", mode="wrap")
    @classmethod
    def _use_default_for_wrong(cls, value: Any, validate: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        try:
            return validate(value)
        except ValidationError:
            field = cls.model_fields[info.field_name or ""]
            if field.is_required():
                raise
            return field.get_default(call_default_factory=True)


M = TypeVar("M", bound=Remote)
AT_A_TIME = 200


def parse_one(model: type[M], raw: object) -> M | None:
    """Return `raw` as `model`; None when it isn't an object or lacks a required field."""
    if not isinstance(raw, dict):
        return None
    try:
        return model.model_validate(raw)
    except (ValidationError, RecursionError):
        return None


def parse_each(model: type[M], raw: object) -> Iterator[M]:
    """Yield the usable items of a list."""
    for item in raw if isinstance(raw, list) else ():
        if (found := parse_one(model, item)) is not None:
            yield found


def is_unusable_as(model: type[M], raw: list[Any]) -> bool:
    """Return whether a list has items and none is usable: such a list is unknown, not empty."""
    return bool(raw) and next(parse_each(model, raw), None) is None


async def parse_each_in_turn(model: type[M], raw: object) -> AsyncIterator[M]:
    """Yield the usable items of a very long list, and give other tasks a turn now and then."""
    for number, item in enumerate(parse_each(model, raw), 1):
        yield item
        if number % AT_A_TIME == 0:
            await yield_to_event_loop()


def items_of(model: type[M]) -> BeforeValidator:
    """Return a validator for a field that holds a list of objects; it keeps the usable ones."""
    return BeforeValidator(lambda raw: tuple(parse_each(model, raw)))


def length(raw: object) -> int:
    """Return how many items a list has; 0 for anything else."""
    return len(raw) if isinstance(raw, list) else 0


def moment_of_ms(raw: object) -> datetime | None:
    """Return LaunchDarkly's epoch milliseconds as a moment; 0 means never."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or raw <= 0:
        return None
    try:
        return datetime.fromtimestamp(raw / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def moment_of_text(raw: object) -> datetime | None:
    """Return Segment's ISO 8601 text as a moment; a text without a zone is UTC."""
    try:
        found = datetime.fromisoformat(raw) if isinstance(raw, str) else None
        if found is None or found.tzinfo is not None:
            return found.astimezone(UTC) if found else None
        return found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def moment(raw: object) -> datetime | None:
    """Return a moment from milliseconds or text, for a field whose form isn't documented."""
    return moment_of_ms(raw) or moment_of_text(raw)


def cleaned(value: Any, depth: int = 12) -> Any:
    """Return a settings value with every text cleaned. Anything nested deeper than `depth` becomes None."""
    if isinstance(value, str):
        return plain(value, KEY_LIMIT)
    if depth and isinstance(value, dict):
        return {plain(str(key), KEY_LIMIT): cleaned(item, depth - 1) for key, item in value.items()}
    if depth and isinstance(value, list):
        return [cleaned(item, depth - 1) for item in value]
    return value if isinstance(value, int | float) else None


def _keys(raw: object) -> tuple[str, ...]:
    texts = (plain(item, KEY_LIMIT) for item in raw if isinstance(item, str)) if isinstance(raw, list) else ()
    return tuple(text for text in texts if text)


def _settings(raw: object) -> dict[str, Any]:
    found = cleaned(raw)
    return found if isinstance(found, dict) else {}


Name = Annotated[str, AfterValidator(whole)]
Key = Annotated[str, AfterValidator(whole)]
Id = Annotated[str, AfterValidator(whole), StringConstraints(min_length=1)]
Keys = Annotated[tuple[str, ...], BeforeValidator(_keys)]
Settings = Annotated[dict[str, Any], BeforeValidator(_settings)]
Millis = Annotated[datetime | None, BeforeValidator(moment_of_ms)]
Iso = Annotated[datetime | None, BeforeValidator(moment_of_text)]
Moment = Annotated[datetime | None, BeforeValidator(moment)]
