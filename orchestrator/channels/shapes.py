"""Routes whose errors have their format's own shape, whatever went wrong and wherever."""

from abc import abstractmethod

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from orchestrator.channels.bodies import Handler, HistoryRoute
from orchestrator.channels.problems import Problem, logged


class ShapedRoute(HistoryRoute):
    """A route whose callers read errors in a shape of their own; a format says which."""

    @staticmethod
    @abstractmethod
    def shaped(problem: Problem) -> Response:
        """The response by which the format says that a request cannot be met."""

    def get_route_handler(self) -> Handler:
        """The route's handler, with errors as the format has them."""
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as error:  # noqa: BLE001 the edge of a request: whatever it is, the caller can read only this shape
                return self.shaped(logged(request, error))

        return answered

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses other methods in the format's shape too."""
        methods = self.methods or set[str]()
        if scope["method"] in methods:
            await super().handle(scope, receive, send)
            return
        allowed = {"Allow": ", ".join(sorted(methods))}
        problem = Problem(405, "method_not_allowed", f"Send {' or '.join(sorted(methods))} here. See /docs for what there is.", allowed)
        await self.shaped(problem)(scope, receive, send)
