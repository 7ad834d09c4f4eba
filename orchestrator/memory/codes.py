"""One-time codes, sent to an address on file to prove who is writing."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from orchestrator.errors import IdentityError, SettingsError
from orchestrator.memory import customers
from orchestrator.project.policy import IdentityRules
from orchestrator.store import Unit, tables

_SEPARATORS = re.compile(r"[\s.\-]+")


@dataclass(frozen=True, kw_only=True)
class CodeRequest:
    """Who wants to prove themselves, in which conversation, and where the code would be sent."""

    conversation_id: str
    customer_id: str
    address: str


class Codes:
    """Issues and checks one-time codes. Only a keyed hash of a code is stored.

    Wrong tries count per customer within the lifetime of a code, over all conversations and restarts: asking for a new code, or from
    a new conversation, gives no new tries.

    Raises:
        SettingsError: The secret is empty.
    """

    def __init__(self, secret: str, rules: IdentityRules) -> None:
        if not secret:
            raise SettingsError("settings: secret is empty, so one-time codes cannot be kept safe. Set FILROUGE_SECRET")
        self._secret = secret.encode()
        self._rules = rules
        self._lifetime = timedelta(minutes=rules.code_minutes)

    async def issue(self, unit: Unit, request: CodeRequest, now: datetime) -> str:
        """A new code to send to the address; it replaces the conversation's former one.

        Raises:
            IdentityError: The address is not on file, or the tries are used up. Say the same to the customer as for a code that was sent.
        """
        if not await _is_on_file(unit, request):
            raise IdentityError("no code: the address is not on file")
        if await self._failures(unit, request.customer_id, now) >= self._rules.code_tries:
            raise IdentityError("no code: too many wrong tries")
        table, conversation_id = tables.Code, request.conversation_id
        await unit.session.execute(update(table).where(table.conversation_id == conversation_id).values(is_live=False))
        code = f"{secrets.randbelow(10**self._rules.code_digits):0{self._rules.code_digits}d}"
        row = tables.Code(
            conversation_id=conversation_id,
            customer_id=request.customer_id,
            digest=self._digest(conversation_id, code),
            issued_at=now,
            expires_at=now + self._lifetime,
            tries=0,
            is_live=True,
        )
        await unit.add(row)
        return code

    async def check(self, unit: Unit, conversation_id: str, code: str, now: datetime) -> str | None:
        """The id of the customer whom the code proves, once; None when it does not. Commit either way: the try is counted."""
        code = _SEPARATORS.sub("", code)
        if not (code.isascii() and code.isdigit() and len(code) == self._rules.code_digits):
            return None
        row = await _live(unit, conversation_id)
        if row is None or not row.issued_at <= now < row.expires_at:
            return None
        if await self._failures(unit, row.customer_id, now) >= self._rules.code_tries:
            return None
        if hmac.compare_digest(row.digest, self._digest(conversation_id, code)):
            row.is_live = False
            await unit.session.flush()
            return row.customer_id
        row.tries += 1
        await unit.session.flush()
        return None

    async def _failures(self, unit: Unit, customer_id: str, now: datetime) -> int:
        table = tables.Code
        query = select(func.sum(table.tries)).where(table.customer_id == customer_id, table.issued_at > now - self._lifetime)
        return await unit.session.scalar(query) or 0

    def _digest(self, conversation_id: str, code: str) -> str:
        return hmac.new(self._secret, f"code\0{conversation_id}\0{code}".encode(), hashlib.sha256).hexdigest()


async def _live(unit: Unit, conversation_id: str) -> tables.Code | None:
    query = select(tables.Code).where(tables.Code.conversation_id == conversation_id, tables.Code.is_live)
    return await unit.session.scalar(query.order_by(tables.Code.id.desc()).limit(1).with_for_update())


async def _is_on_file(unit: Unit, request: CodeRequest) -> bool:
    customer = await customers.get(unit, request.customer_id)
    if customer is None or not request.address:
        return False
    email = customers.normalise("email", request.address)
    phone = customers.normalise("phone", request.address)
    return (email != "" and email == customers.normalise("email", customer.email)) or (
        "@" not in email and phone != "" and phone == customers.normalise("phone", customer.phone)
    )
