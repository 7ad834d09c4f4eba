"""`filrouge chat`: a conversation in the terminal, streaming, with the routing shown on request."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import get_args

import anyio
import jwt

from orchestrator.assembly import new_id, open_house
from orchestrator.commands.running import console, errors, fail, progress
from orchestrator.conversation import Inbound, Language
from orchestrator.errors import IdentityError, MessageRefused
from orchestrator.events import ChoicesOffered, Cited, Escalated, Event, HandedOff, IntentDetected, TextDelta, ToolCalled
from orchestrator.project.project import Project
from orchestrator.runtime import Orchestrator, utc_now
from orchestrator.settings import Settings

HOST_KEY = "a key of this process alone, so that --customer can sign in"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How the customer wants to talk."""

    trace: bool
    language: str | None
    customer: str | None


def chat(project: Project, settings: Settings, wish: Wish) -> None:
    """Talks until the end of input or an empty Ctrl-D."""
    if wish.language is not None and wish.language not in get_args(Language):
        fail(f"--language: {wish.language!r} is none of {', '.join(get_args(Language))}", 2)
    try:
        anyio.run(_chat, project, settings.model_copy(update={"token_key": settings.token_key or HOST_KEY}), wish)
    except KeyboardInterrupt:
        console.print()


async def _chat(project: Project, settings: Settings, wish: Wish) -> None:
    with progress("Preparing") as report:
        opening = open_house(project, settings, now=utc_now(), deliver_code=show_code, progress=report)
        house = await opening.__aenter__()
    try:
        async with Orchestrator.serving(house, settings) as orchestrator:
            console.print(f"{project.policy.company.name}. Ctrl-D ends.", style="dim")
            conversation = new_id("conversation")
            while (text := await anyio.to_thread.run_sync(_line, abandon_on_cancel=True)) is not None:
                if text.strip():
                    inbound = Inbound(conversation_id=conversation, text=text, language=_language(wish), token=_token(wish, settings))
                    await _print(orchestrator.send(inbound), wish.trace)
    finally:
        await opening.__aexit__(None, None, None)


async def show_code(address: str, code: str) -> None:
    """Delivers a one-time code to the console: the demo has no mail."""
    errors.print(f"[one-time code for {address}: {code}]", style="yellow", markup=False)


def _line() -> str | None:
    """The customer's next line; None at the end of input."""
    try:
        return console.input("[bold]› [/]")
    except EOFError:
        return None


def _language(wish: Wish) -> Language | None:
    return next((language for language in get_args(Language) if language == wish.language), None)


def _token(wish: Wish, settings: Settings) -> str | None:
    if wish.customer is None:
        return None
    now = utc_now()
    claims = {"sub": wish.customer, "email": wish.customer, "iat": now, "exp": now + timedelta(minutes=30), "aud": settings.token_audience}
    return jwt.encode(claims, settings.token_key, algorithm="HS256")


async def _print(events: AsyncIterator[Event], trace: bool) -> None:
    speaking = ""
    try:
        async for event in events:
            if isinstance(event, TextDelta):
                if event.message_id != speaking:
                    console.print(f"\n{event.agent or 'assistant'}: " if trace else "\n", end="", style="bold red", highlight=False)
                speaking = event.message_id
                console.print(event.text, end="", markup=False, highlight=False, soft_wrap=True)
            elif isinstance(event, ChoicesOffered):
                console.print("\n  [" + "] [".join(choice.label for choice in event.choices) + "]", end="", style="cyan", markup=False)
            elif isinstance(event, Cited):
                console.print(
                    f"\n  ({event.citation.title}, «{event.citation.heading}»)", end="", style="dim", markup=False, highlight=False
                )
            elif trace:
                line = _traced(event)
                if line:
                    console.print(f"\n  · {line}", end="", style="dim", markup=False, highlight=False)
    except (MessageRefused, IdentityError) as error:
        console.print(str(error), style="yellow", markup=False)
    console.print("\n")


def _traced(event: Event) -> str:
    if isinstance(event, IntentDetected):
        others = ", ".join(f"{c.intent} {c.probability:.2f}" for c in event.candidates[1:3])
        chosen = f"{event.decision}: {event.agent}/{event.intent} {event.confidence:.2f} ({others})"
        return f"{chosen} {event.language}, unfamiliar {event.out_of_scope:.2f}"
    if isinstance(event, ToolCalled):
        return f"{event.tool}({', '.join(f'{name}={value}' for name, value in event.arguments)}) → {event.outcome}"
    if isinstance(event, HandedOff):
        return f"{event.source} → {event.target}"
    if isinstance(event, Escalated):
        return f"escalated: {event.reason}, {event.ticket_id}"
    return ""
