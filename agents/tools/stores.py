"""Our stores: the nearest ones and their opening hours."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date

from orchestrator import Day, OptionId, Postcode, ToolContext, ToolError, ToolRefused, tool
from orchestrator.connectors.commerce import Catalogue
from orchestrator.connectors.goods import Store

from .goods_options import home_postcode, nearest_store, store_choices
from .wording import country_name, locale_of

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, kw_only=True)
class StoreCard:
    """A store in a list. `opens` and `closes` are today's, None when it is closed today."""

    name: str
    street: str
    postcode: str
    city: str
    phone: str
    open_now: bool
    opens: time | None
    closes: time | None


@dataclass(frozen=True, kw_only=True)
class StoresFound:
    """`near`: one store, the nearest, `store` is its id. `country`: all of the country. `none`: no store there, `country` is its name."""

    outcome: Literal["near", "country", "none"]
    country: str
    stores: tuple[StoreCard, ...]
    store: str = ""


@dataclass(frozen=True, kw_only=True)
class DayHours:
    """Opening hours on one weekday; both None when closed."""

    day: str
    opens: time | None
    closes: time | None


@dataclass(frozen=True, kw_only=True)
class StoreHours:
    """When a store is open. `day`, `opens` and `closes` are of the day asked about (today when none was)."""

    outcome: Literal["open_now", "opens_later", "closed_now", "open_that_day", "closed_that_day"]
    name: str
    street: str
    postcode: str
    city: str
    phone: str
    day: date
    opens: time | None
    closes: time | None
    next_day: date
    next_opens: time
    week: tuple[DayHours, ...]


@tool(options={"city": store_choices})
async def find_store(ctx: ToolContext, city: OptionId | None = None, postcode: Postcode | None = None) -> StoresFound:
    """Find the nearest store by city or postcode, otherwise all stores of the customer's country."""
    stores = await ctx.connector(Catalogue).stores()
    country = country_name(ctx, ctx.region)
    near = stores.get(city or "") or await nearest_store(ctx, postcode or await home_postcode(ctx))
    if near:
        return StoresFound(outcome="near", country=country, stores=(_card(ctx, near),), store=near.id)
    local_ones = tuple(_card(ctx, store) for store in stores.values() if store.region == ctx.region)
    return StoresFound(outcome="country" if local_ones else "none", country=country, stores=local_ones)


@tool(refusals=("store_unknown",), options={"store": store_choices})
async def store_hours(ctx: ToolContext, store: OptionId, day: Day | None = None) -> StoreHours:
    """Tell when a store is open, today or on a given day, with its address and phone number."""
    found = (await ctx.connector(Catalogue).stores()).get(store)
    if found is None:
        raise ToolRefused("store_unknown")
    now = ctx.now.astimezone(ZoneInfo(found.timezone))
    asked = day or now.date()
    opens, closes = _hours(found, asked)
    next_day, next_opens = _next_opening(found, now)
    monday = asked - timedelta(days=asked.weekday())
    week = [monday + timedelta(days=n) for n in range(7)]
    return StoreHours(
        outcome=_outcome(found, asked, now, is_today=day in (None, now.date())),
        name=found.names[ctx.language],
        street=found.street,
        postcode=found.postcode,
        city=found.names[ctx.language],
        phone=found.phone,
        day=asked,
        opens=opens,
        closes=closes,
        next_day=next_day,
        next_opens=next_opens,
        week=tuple(
            DayHours(day=format_date(one, "EEEE", locale_of(ctx)), opens=_hours(found, one)[0], closes=_hours(found, one)[1])
            for one in week
        ),
    )


def _hours(store: Store, day: date) -> tuple[time, time] | tuple[None, None]:
    text = store.hours.get(WEEKDAYS[day.weekday()])
    if text is None:
        return None, None
    opens, _, closes = text.partition("-")
    return time.fromisoformat(opens), time.fromisoformat(closes)


def _is_open(store: Store, now: datetime) -> bool:
    opens, closes = _hours(store, now.date())
    return opens is not None and closes is not None and opens <= now.time() < closes


def _outcome(
    store: Store, day: date, now: datetime, *, is_today: bool
) -> Literal["open_now", "opens_later", "closed_now", "open_that_day", "closed_that_day"]:
    opens, _ = _hours(store, day)
    if not is_today:
        return "open_that_day" if opens else "closed_that_day"
    if _is_open(store, now):
        return "open_now"
    return "opens_later" if opens and now.time() < opens else "closed_now"


def _next_opening(store: Store, now: datetime) -> tuple[date, time]:
    """The next time the store opens after now."""
    for ahead in range(8):
        day = now.date() + timedelta(days=ahead)
        opens, _ = _hours(store, day)
        if opens and (ahead or now.time() < opens):
            return day, opens
    raise ToolError(f"agents/stores.yaml: {store.id!r} is never open. Give it hours")


def _card(ctx: ToolContext, store: Store) -> StoreCard:
    now = ctx.now.astimezone(ZoneInfo(store.timezone))
    opens, closes = _hours(store, now.date())
    return StoreCard(
        name=store.names[ctx.language],
        street=store.street,
        postcode=store.postcode,
        city=store.names[ctx.language],
        phone=store.phone,
        open_now=_is_open(store, now),
        opens=opens,
        closes=closes,
    )
