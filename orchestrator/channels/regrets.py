"""What a customer reads when a request cannot be met: the project's own words, in their language."""

from fastapi import Request, Response

from orchestrator.channels.bodies import Handler, HistoryRoute
from orchestrator.channels.problems import Problem, logged
from orchestrator.channels.shapes import ShapedRoute
from orchestrator.channels.state import Serving, serving
from orchestrator.conversation import Language
from orchestrator.dialogue.speaker import Voice

OF_THE_MESSAGE = frozenset({400, 411, 413, 415, 422})
OF_THE_SESSION = frozenset({401, 403, 404, 409})


class RegretRoute(ShapedRoute):
    """A route of a format whose clients show the text of an error to the customer."""

    @staticmethod
    def regretted(problem: Problem, words: str) -> Response:
        """The response that says so in these words."""
        raise NotImplementedError

    def get_route_handler(self) -> Handler:
        """The route's handler, with errors in words."""
        handle = HistoryRoute.get_route_handler(self)

        async def answered(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as error:  # noqa: BLE001 the edge of a request: whatever it is, the caller can read only this shape
                found = logged(request, error)
                return self.regretted(found, regret(request, found))

        return answered


def regret(request: Request, problem: Problem) -> str:
    """The words for a problem: about the message, about the session, or that it may work later."""
    try:
        house = serving(request)
    except Problem:
        return problem.detail
    reason = "message" if problem.status in OF_THE_MESSAGE else "session" if problem.status in OF_THE_SESSION else "later"
    return words(house, f"engine.refused.{reason}", reader_language(house, request))


def words(house: Serving, key: str, language: Language) -> str:
    """A reply text said outside a turn."""
    core = house.orchestrator
    region = core.house.policy.region_for(language)
    return core.house.speaker.say(key, Voice(language=language, region=region, channel="web", now=core.clock()))


def reader_language(house: Serving, request: Request) -> Language:
    """The first language of `Accept-Language` that the project speaks, else its default."""
    project = house.orchestrator.house.project
    for tag in request.headers.get("accept-language", "").split(","):
        for language in project.languages:
            if tag.strip().casefold().startswith(language):
                return language
    return project.policy.company.default_language
