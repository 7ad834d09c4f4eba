"""Reads a tool's slots out of its function's signature."""

import inspect
import typing
from enum import StrEnum
from typing import Annotated, Literal

from orchestrator.project.slot import Slot, SlotKind, ToolFunction

_REMEDY = "Use OrderId, ProductId, Text, a StrEnum …"


def slots_of(function: ToolFunction) -> tuple[tuple[Slot, ...], tuple[str, ...]]:
    """The slots of a tool function, and what is wrong with its parameters."""
    hints = typing.get_type_hints(function, include_extras=True)
    slots: list[Slot] = []
    problems: list[str] = []
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        if parameter.name not in hints:
            problems.append(f"parameter {parameter.name!r} has no type. {_REMEDY}")
            continue
        kind, choices, annotation = _kind_of(hints[parameter.name])
        if kind is None:
            problems.append(f"parameter {parameter.name!r} has the type {annotation!r}, which no form can ask for. {_REMEDY}")
            continue
        required = parameter.default is inspect.Parameter.empty
        slots.append(
            Slot(
                name=parameter.name,
                kind=kind,
                annotation=annotation,
                required=required,
                default=None if required else parameter.default,
                choices=choices,
                choice_type=getattr(annotation, "__name__", "") if kind == "choice" else "",
            )
        )
    return tuple(slots), tuple(problems)


def outcomes_of(result: type) -> tuple[str, ...]:
    """The values of the result's `outcome` field, or just `done`."""
    try:
        hint = typing.get_type_hints(result).get("outcome")
    except TypeError:
        hint = None
    return tuple(str(value) for value in typing.get_args(hint)) if hint is not None else ("done",)


def _kind_of(hint: object) -> tuple[SlotKind | None, tuple[str, ...], object]:
    arguments: tuple[object, ...] = typing.get_args(hint)
    origin = typing.get_origin(hint)
    if origin is Annotated:
        kinds = [kind for kind in typing.get_args(SlotKind) if kind in arguments[1:]]
        return (kinds[0] if kinds else None), (), arguments[0]
    if origin is Literal:
        return "choice", tuple(str(argument) for argument in arguments), hint
    if type(None) in arguments:
        remaining = [argument for argument in arguments if argument is not type(None)]
        return _kind_of(remaining[0]) if len(remaining) == 1 else (None, (), hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return "choice", tuple(member.value for member in hint), hint
    return ("yes_no" if hint is bool else None), (), bool
