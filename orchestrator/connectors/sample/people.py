"""Makes up the sample shop's customers from `people.yaml`, the same ones for the same seed."""

import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from orchestrator.connectors.purchases import Address, ShopCustomer
from orchestrator.conversation import Language


class Trade(BaseModel):
    """How orders go to a region: `days` are the business days a delivery takes, from and to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    currency: str
    timezone: str
    days: tuple[int, int]
    fee: Decimal
    free_from: Decimal
    carrier: str
    payments: tuple[str, ...]


class People(BaseModel):
    """The names and places of a region; `share` is how many customers live there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    trade: Trade
    share: int
    languages: tuple[Language, ...]
    mail: str
    phone: str
    given: tuple[str, ...]
    family: tuple[str, ...]
    streets: tuple[str, ...]
    towns: Mapping[str, str]


@cache
def people_by_region() -> Mapping[str, People]:
    """The content of `people.yaml`."""
    text = Path(__file__).with_name("people.yaml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, People]).validate_python(yaml.safe_load(text))


def make_customers(rng: Random, today: date, known: tuple[ShopCustomer, ...]) -> list[ShopCustomer]:
    """The known customers first, then made-up ones until every region has its share."""
    customers = list(known)
    taken = {customer.email for customer in known}
    for region, people in people_by_region().items():
        missing = people.share - sum(customer.region == region for customer in known)
        for _ in range(missing):
            customer = _customer(rng, today, len(customers) + 1, region, taken)
            taken.add(customer.email)
            customers.append(customer)
    return customers


def _customer(rng: Random, today: date, number: int, region: str, taken: set[str]) -> ShopCustomer:
    people = people_by_region()[region]
    given, family = rng.choice(people.given), rng.choice(people.family)
    town = rng.choice(sorted(people.towns))
    stem = f"{_plain(given)}.{_plain(family)}"
    email = f"{stem}@{people.mail}"
    while email in taken:
        email = f"{stem}{rng.randrange(2, 100)}@{people.mail}"
    name = f"{given} {family}"
    street = rng.choice(people.streets).format(n=rng.randrange(1, 90))
    return ShopCustomer(
        id=f"c-{number:04d}",
        name=name,
        email=email,
        phone=people.phone.format(number),
        language=rng.choice(people.languages),
        region=region,
        address=Address(name=name, street=street, postcode=people.towns[town], city=town, region=region),
        loyalty=rng.random() < 0.3,
        since=today - timedelta(days=rng.randrange(130, 2000)),
    )


def _plain(name: str) -> str:
    spelt = name.lower().replace("ü", "ue").replace("ö", "oe").replace("ä", "ae")
    return "".join(c for c in unicodedata.normalize("NFKD", spelt) if c.isascii() and c.isalnum())
