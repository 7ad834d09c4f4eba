"""The known customers of the sample shop, whose stories the documentation and the tests tell (`stories.yaml`)."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from orchestrator.connectors.purchases import Address, OrderStatus, ShopCustomer
from orchestrator.conversation import Language


class StoryOrder(BaseModel):
    """An order with a known id and state. Days count from the day the shop is made; those that have passed are negative.

    `returned` is the item of a return whose parcel reached the warehouse two days ago.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    items: tuple[str, ...]
    status: OrderStatus
    placed: float
    promised: int
    delivered: int | None = None
    payment: str
    charged_twice: bool = False
    return_id: str = ""
    returned: str = ""


class Story(BaseModel):
    """A known customer, their orders and the basket they left."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name: str
    email: str
    phone: str
    language: Language
    region: str
    street: str
    postcode: str
    city: str
    loyalty: bool = False
    orders: tuple[StoryOrder, ...]
    cart: tuple[str, ...] = ()

    def customer(self, today: date) -> ShopCustomer:
        """The person, as the shop knows them."""
        address = Address(name=self.name, street=self.street, postcode=self.postcode, city=self.city, region=self.region)
        return ShopCustomer(
            id=self.id,
            name=self.name,
            email=self.email,
            phone=self.phone,
            language=self.language,
            region=self.region,
            address=address,
            loyalty=self.loyalty,
            since=today - timedelta(days=800),
        )


@cache
def stories() -> tuple[Story, ...]:
    """The content of `stories.yaml`."""
    text = Path(__file__).with_name("stories.yaml").read_text(encoding="utf-8")
    return TypeAdapter(tuple[Story, ...]).validate_python(yaml.safe_load(text))
