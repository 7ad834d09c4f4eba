"""Repairs in the workshop."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol, runtime_checkable

from orchestrator import Day, OrderId, ToolContext, ToolRefused, tool


@runtime_checkable
class Workshop(Protocol):
    """Where repairs are done."""

    async def repair(self, number: str) -> str | None:
        """What is left to do on a bicycle; None when it is not here."""
        ...

    async def book(self, day: date, *, key: str) -> None:
        """Keeps a place on that day."""
        ...


@dataclass(frozen=True, kw_only=True)
class Repair:
    """How far a repair is."""

    order_id: str
    left: str


@dataclass(frozen=True, kw_only=True)
class Booking:
    """A day in the workshop."""

    day: date


@tool(refusals=("not_here",))
async def repair_status(ctx: ToolContext, order_id: OrderId) -> Repair:
    """How far the repair of a bicycle is."""
    left = await ctx.connector(Workshop).repair(order_id)
    if left is None:
        raise ToolRefused("not_here", order_id=order_id)
    return Repair(order_id=order_id, left=left)


@tool(effect=True, confirm=True)
async def book_repair(ctx: ToolContext, day: Day) -> Booking:
    """Book a day in the workshop."""
    await ctx.connector(Workshop).book(day, key=ctx.effect_key)
    return Booking(day=day)


@book_repair.preview
async def book_repair_preview(ctx: ToolContext, day: Day) -> Booking:
    """The day that is about to be booked."""
    return Booking(day=day)


book_repair.lets_say("message")
