"""The caller's own tools: of those offered, only the ones that put a call through or end it are ever asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from orchestrator.channels.sessions import Body, object_of

Purpose = Literal["transfer", "end"]
KNOWN: Mapping[str, Purpose] = {
    "transferCall": "transfer",
    "transfer_call": "transfer",
    "transfer_to_human": "transfer",
    "escalate": "transfer",
    "endCall": "end",
    "end_call": "end",
}


@dataclass(frozen=True, kw_only=True)
class Control:
    """A tool of the caller by which it acts on the call; `fields` are its parameters' schemas by name."""

    name: str
    purpose: Purpose
    fields: Mapping[str, Body]
    required: frozenset[str]

    def arguments(self, known: Mapping[str, str]) -> dict[str, str] | None:
        """What the tool is called with; None when it demands something that is not known here.

        A parameter takes the known value of its name if its schema admits it, else the only or first value that the schema allows.
        """
        found: dict[str, str] = {}
        for name, schema in self.fields.items():
            allowed = _allowed(schema)
            value = known.get(name, "")
            if allowed and value not in allowed:
                value = allowed[0]
            if value:
                found[name] = value
        return found if self.required <= found.keys() else None


def controls(tools: object, choice: object) -> tuple[Control, ...]:
    """The control tools among those that the caller offers. Whatever else it offers, in whatever shape, is passed over."""
    if choice == "none" or not isinstance(tools, list):
        return ()
    found = [_control(entry) for entry in cast("list[object]", tools)]
    return tuple(control for control in found if control)


def first(offered: tuple[Control, ...], purpose: Purpose) -> Control | None:
    """The tool offered first for that purpose."""
    return next((control for control in offered if control.purpose == purpose), None)


def _control(entry: object) -> Control | None:
    function = object_of(object_of(entry).get("function"))
    name = function.get("name")
    purpose = KNOWN.get(name) if isinstance(name, str) else None
    if purpose is None:
        return None
    parameters = object_of(function.get("parameters"))
    demanded = parameters.get("required")
    required = cast("list[object]", demanded) if isinstance(demanded, list) else []
    fields = {key: object_of(schema) for key, schema in object_of(parameters.get("properties")).items()}
    return Control(name=str(name), purpose=purpose, fields=fields, required=frozenset(one for one in required if isinstance(one, str)))


def _allowed(schema: Body) -> tuple[str, ...]:
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return tuple(value for value in cast("list[object]", values) if isinstance(value, str)) if isinstance(values, list) else ()
