"""Who may call: API keys for other systems, signed visitor cookies for browsers, staff keys for the desk."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

from fastapi import Request, Response
from starlette.requests import HTTPConnection

from orchestrator.channels.problems import Problem
from orchestrator.errors import IdentityError
from orchestrator.memory.tokens import issue_visitor, read_visitor

COOKIE = "filrouge_visitor"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A trusted system (no visitor) or a browser's visitor, who reaches their own conversations only.

    `tenant` stands for the key that a system presented: sessions that two systems name alike are not the same.
    """

    visitor_id: str = ""
    tenant: str = ""

    def may_read(self, owner: str) -> bool:
        """Whether a conversation begun by that visitor ('' for a system) is this caller's."""
        return not self.visitor_id or self.visitor_id == owner


@dataclass(frozen=True, kw_only=True)
class Access:
    """The keys of a deployment. Without any, the API is open to this machine alone."""

    api_keys: tuple[str, ...]
    staff_keys: tuple[str, ...]
    secret: str

    def caller(self, request: HTTPConnection) -> Caller:
        """Who calls.

        Raises:
            Problem: Nobody we know (401).
        """
        cookie = request.cookies.get(COOKIE)
        presented = _presented(request)
        if presented and _is_one_of(presented, (*self.api_keys, *self.staff_keys)):
            return Caller(tenant=hashlib.sha256(presented.encode()).hexdigest()[:16])
        if cookie:
            try:
                return Caller(visitor_id=read_visitor(cookie, self.secret))
            except IdentityError:
                pass
        if not self.api_keys and is_local(request):
            return Caller()
        raise Problem(401, "unauthorized", "Send an API key as `Authorization: Bearer …`.", {"WWW-Authenticate": "Bearer"})

    def staff(self, request: Request) -> None:
        """Lets staff pass.

        Raises:
            Problem: No staff key (401).
        """
        presented = _presented(request)
        keys = self.staff_keys
        if presented and _is_one_of(presented, keys):
            return
        if not keys and not self.api_keys and is_local(request) and not request.cookies.get(COOKIE):
            return
        raise Problem(401, "unauthorized", "Send a staff key as `Authorization: Bearer …`.", {"WWW-Authenticate": "Bearer"})

    def welcome(self, request: Request, response: Response, now: datetime) -> None:
        """Gives a browser its visitor cookie, unless it has a valid one."""
        cookie = request.cookies.get(COOKIE)
        if cookie:
            try:
                read_visitor(cookie, self.secret)
                return
            except IdentityError:
                pass
        token = issue_visitor(self.secret, now)
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, token, max_age=YEAR, httponly=True, samesite="strict", secure=secure)


def _presented(request: HTTPConnection) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.casefold() == "bearer" else request.headers.get("x-api-key", "")


def _is_one_of(key: str, keys: Iterable[str]) -> bool:
    """Compared as bytes in constant time; every key is looked at."""
    return any([hmac.compare_digest(key.encode(), known.encode()) for known in keys])


def is_local(request: HTTPConnection) -> bool:
    """Both ends are this machine; the name asked for too, or any web page could reach us through a name of its own (DNS rebinding)."""
    client = request.client.host if request.client else ""
    return is_loopback(client) and is_loopback(request.url.hostname or "")


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
