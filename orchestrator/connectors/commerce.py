"""What a shop offers to tools: four protocols and the values they exchange. Any commerce system can stand behind them.

Whatever concerns a person takes the shop's customer id, and answers None for what belongs to somebody else exactly as for
what does not exist. Every write takes an idempotency key: the same key does it once and answers the same; a key used for a
different request raises `ToolError`.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from orchestrator.connectors.goods import Category, Product, StockLevel, Store
from orchestrator.connectors.purchases import Address, Cart, NewReturn, Order, RequestKind, ReturnCase, ServiceRequest, ShopCustomer


@runtime_checkable
class Catalogue(Protocol):
    """What is sold, where, and how much of it is there."""

    async def products(self) -> Mapping[str, Product]:
        """All products by id."""
        ...

    async def categories(self) -> Mapping[str, Category]:
        """All categories by id."""
        ...

    async def stores(self) -> Mapping[str, Store]:
        """All stores by id."""
        ...

    async def stock(self, product_ids: Sequence[str]) -> Mapping[str, StockLevel]:
        """Stock of these products; an unknown product has none."""
        ...

    async def bought_together(self, product_id: str) -> Sequence[str]:
        """Products bought with this one, the most frequent first."""
        ...

    async def best_sellers(self) -> Sequence[str]:
        """Products that were bought, the most frequent first."""
        ...


@runtime_checkable
class Customers(Protocol):
    """People, their open basket, and what they have asked of the shop."""

    async def shop_customer(self, customer_id: str) -> ShopCustomer | None:
        """The person of that id."""
        ...

    async def customer_by_order(self, order_id: str) -> ShopCustomer | None:
        """The person whose order it is. For proving identity only, never for an answer."""
        ...

    async def customer_by_email(self, email: str) -> ShopCustomer | None:
        """The person with that address, whatever its case. For proving identity only, never for an answer."""
        ...

    async def cart(self, customer_id: str) -> Cart | None:
        """The basket the person left open."""
        ...

    async def requests(self, customer_id: str, kind: RequestKind) -> Sequence[ServiceRequest]:
        """What the person has asked for of this kind, the latest first."""
        ...

    async def file_request(self, request: ServiceRequest, *, key: str) -> ServiceRequest:
        """Records a request and answers it with its id (the id given is ignored)."""
        ...


@runtime_checkable
class Orders(Protocol):
    """A person's orders."""

    async def orders(self, customer_id: str) -> Sequence[Order]:
        """All orders of the person, the latest first."""
        ...

    async def order(self, customer_id: str, order_id: str) -> Order | None:
        """That order, when it is the person's."""
        ...

    async def cancel_order(self, customer_id: str, order_id: str, *, at: datetime, key: str) -> Order:
        """Cancels an order that is not packed (`ToolError` when it is)."""
        ...

    async def readdress_order(self, customer_id: str, order_id: str, address: Address, *, key: str) -> Order:
        """Sends an order that is not packed to another address."""
        ...

    async def reschedule_order(self, customer_id: str, order_id: str, day: date, *, key: str) -> Order:
        """Moves the delivery of an order that is not out for delivery."""
        ...


@runtime_checkable
class Returns(Protocol):
    """A person's returns, exchanges and claims."""

    async def returns(self, customer_id: str) -> Sequence[ReturnCase]:
        """All of them, the latest first."""
        ...

    async def open_return(self, customer_id: str, new: NewReturn, *, at: datetime, key: str) -> ReturnCase:
        """Opens one. Refunds of an order never exceed what was paid for it (`ToolError`)."""
        ...

    async def cancel_return(self, customer_id: str, return_id: str, *, key: str) -> ReturnCase:
        """Calls off one that has not been sent (`ToolError` when it has)."""
        ...
