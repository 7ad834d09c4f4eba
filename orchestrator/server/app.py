"""The FastAPI app: routes and security headers; opens the house when it starts and drains when it ends."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import resources

from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestrator.channels import ag_ui, ai_sdk, deep_chat, openai, problems, relay, voice
from orchestrator.channels.access import Access
from orchestrator.channels.problems import problem
from orchestrator.channels.state import Public, Serving, serving
from orchestrator.channels.streams import Drain
from orchestrator.runtime import Orchestrator
from orchestrator.server import conversations, help, tickets

PAGES = resources.files("orchestrator.server").joinpath("pages")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'"
)
SECURITY = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ASKED_HEADERS = (
    *("accept", "authorization", "content-type", "idempotency-key", "last-event-id"),
    *("x-api-key", "x-channel", "x-customer-token", "x-ms-bot-agent", "x-requested-with", "x-session-id"),
)
"""What the known browser clients send beside what CORS always allows."""
Opening = Callable[[], AbstractAsyncContextManager[Orchestrator]]


def create_app(opening: Opening, access: Access, drain: Drain | None = None, public: Public | None = None) -> FastAPI:
    """The app of one project; `opening` is entered when it starts."""
    seen = public or Public()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None, None]:
        async with opening() as orchestrator:
            app.state.serving = Serving(orchestrator=orchestrator, access=access, drain=drain or Drain(), public=seen)
            yield
            app.state.serving = None

    app = FastAPI(title="Filrouge", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    problems.install(app)
    app.add_middleware(Guard)
    if seen.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=seen.origins,
            allow_methods=["GET", "POST", "OPTIONS"],
            allow_headers=ASKED_HEADERS,
            expose_headers=["x-vercel-ai-ui-message-stream", "x-filrouge-session"],
            max_age=600,
        )
    app.include_router(conversations.router)
    app.include_router(tickets.router)
    app.include_router(help.router)
    app.include_router(openai.router)
    app.include_router(deep_chat.router)
    app.include_router(ag_ui.router)
    app.include_router(ai_sdk.router)
    app.include_router(relay.router)
    app.include_router(voice.router)
    app.add_api_route("/healthz", _healthz, tags=["health"])
    app.add_api_route("/readyz", _readyz, tags=["health"])
    app.add_api_route("/v1/project", _project, tags=["project"])
    app.add_api_route("/", _home, include_in_schema=False)
    app.add_api_route("/docs", _docs, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=str(PAGES)), name="static")
    return app


class Guard:
    """Sets the security headers; plain ASGI, so streams stay streams."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY)
            await send(message)

        await self._app(scope, receive, sending)


async def _healthz() -> dict[str, str]:
    """The process is up."""
    return {"status": "ok"}


async def _readyz(request: Request) -> Response:
    """The service can answer: models loaded, knowledge indexed, database open."""
    house = serving(request)
    if house.drain.started.is_set():
        return problem(503, "draining", "The service is shutting down.")
    project = house.orchestrator.house.project
    text = (
        f'{{"status":"ready","agents":{len(project.agents)},"intents":{len(project.intents)},"articles":{len(project.library.articles)}}}'
    )
    return Response(text, media_type="application/json")


async def _docs() -> Response:
    """What the API offers, drawn from `/openapi.json` by a script of our own."""
    return HTMLResponse(PAGES.joinpath("docs.html").read_text(encoding="utf-8"))


async def _project(request: Request) -> dict[str, object]:
    """How the project is called and what it calls its agents and intents, by language: what a page needs to speak of them."""
    project = serving(request).orchestrator.house.project
    return {
        "company": project.policy.company.name,
        "agents": project.page.agents,
        "intents": {name: texts.label for name, texts in project.intents.items()},
        "suggestions": project.page.suggestions,
    }


async def _home(request: Request) -> Response:
    """The chat page; a new visitor gets a signed cookie of their own."""
    house = serving(request)
    response = HTMLResponse(PAGES.joinpath("chat.html").read_text(encoding="utf-8"))
    house.access.welcome(request, response, house.orchestrator.clock())
    return response
