"""A stand-in for the provider `segmentio/segment`, with the attributes that its documentation requires and allows.

Terraform starts this as a program of its own, to check an export against. See docs/segment.md#terraform.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

schema: Any = import_module("tf.schema")
types: Any = import_module("tf.types")
REQUIRED, OPTIONAL, COMPUTED = {"required": True}, {"optional": True}, {"computed": True}


class Metadata:
    """The block of a destination's metadata, with one attribute; attributes that only Segment fills are left out."""

    def encode(self, value: Any) -> Any:
        return value

    decode = encode

    def semantically_equal(self, one: Any, other: Any) -> bool:
        return bool(one == other)

    def tf_type(self) -> bytes:
        return b'["object",{"id":"string"}]'


def resource(called: str, **attributes: tuple[Any, dict[str, bool]]) -> type:
    """Return a resource class that only supports checking."""
    listed = [schema.Attribute(one, kind, **how) for one, (kind, how) in attributes.items()]

    class Resource:
        get_name = staticmethod(lambda: called)
        get_schema = staticmethod(lambda: schema.Schema(attributes=listed))

        def validate(self, *_: Any) -> None:
            pass

    return Resource


TEXT, SWITCH = types.String(), types.Bool()
DESTINATION = resource(
    "destination",
    id=(TEXT, COMPUTED),
    name=(TEXT, OPTIONAL),
    enabled=(SWITCH, REQUIRED),
    source_id=(TEXT, REQUIRED),
    metadata=(Metadata(), REQUIRED),
    settings=(TEXT, REQUIRED),
)
SUBSCRIPTION = resource(
    "destination_subscription",
    id=(TEXT, COMPUTED),
    action_slug=(TEXT, COMPUTED),
    model_id=(TEXT, OPTIONAL),
    name=(TEXT, REQUIRED),
    enabled=(SWITCH, REQUIRED),
    destination_id=(TEXT, REQUIRED),
    action_id=(TEXT, REQUIRED),
    trigger=(TEXT, REQUIRED),
    settings=(TEXT, REQUIRED),
)


class Provider:
    def full_name(self) -> str:
        return "registry.terraform.io/segmentio/segment"

    def get_model_prefix(self) -> str:
        return "segment_"

    def get_provider_schema(self, _: Any) -> Any:
        return schema.Schema(attributes=[schema.Attribute(name, TEXT, optional=True) for name in ("token", "url")])

    def validate_config(self, *_: Any) -> None:
        pass

    configure_provider = validate_config

    def get_resources(self) -> list[type]:
        return [DESTINATION, SUBSCRIPTION]

    def get_data_sources(self) -> list[type]:
        return []

    get_functions = get_data_sources

    def new_resource(self, kind: type) -> Any:
        return kind()


if __name__ == "__main__":
    import_module("tf.runner").run_provider(Provider())
