"""Repairs in a workshop that takes its time to look."""

from dataclasses import dataclass
from datetime import date

import anyio

from orchestrator import Day, OrderId, ToolContext, tool

LOOKS_FOR = 14.0
"""Seconds. Longer than the ten seconds after which LiveKit gives up on a silent stream."""


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
    await anyio.sleep(LOOKS_FOR)
    return Repair(order_id=order_id, left="new brakes")


@tool(effect=True, confirm=True)
async def book_repair(ctx: ToolContext, day: Day) -> Booking:
    """Book a day in the workshop."""
    return Booking(day=day)


@book_repair.preview
async def book_repair_preview(ctx: ToolContext, day: Day) -> Booking:
    """The day that is about to be booked."""
    return Booking(day=day)
