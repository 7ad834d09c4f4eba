"""How sure we are that the best passage answers the question, fitted on questions with and without an answer."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from orchestrator.retrieval.index import Matches

ANSWERABLE = 0.5
DECLARED = 0.05
"""Enough when the supervisor is sure of an intent and the best passage is of an article that says it answers it."""


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """A logistic regression: `similarity` is the best passage's, `margin` how far it stands above the mean of all that are near,
    `lead` above the next article's, `coverage` the share of the question's words it holds.
    """

    bias: float
    similarity: float = 0.0
    margin: float = 0.0
    lead: float = 0.0
    coverage: float = 0.0


WORDS_ALONE = Calibration(bias=-2.6, coverage=5.7)
"""For the search without an encoder, and with one whose similarities were never calibrated."""

# Fitted on StackFAQ's development half (630 rephrasings, and the same with their document taken away at half weight, against 300 banking
# and out-of-scope questions), 71 questions to the articles of tests/retrieval and 480 of the reference project's knowledge intents in six
# languages, each with and without the articles that declare its intent. Two halves by question, StackFAQ / test articles / reference:
# precision .98 / .95 / .91, found articles answered .83 / .85 / .53, articles taken away declined .80 / .75 / .92, other questions declined
# .98 / 1.0 / .97. With use: .94 / .93 / .90, .78 / .72 / .51, .77 / .90 / .91, .98 / 1.0 / .99.
WITHIN = {
    "e5": Calibration(bias=-5.5, similarity=5.0, margin=13.0, lead=5.2, coverage=2.0),
    "use": Calibration(bias=-4.3, similarity=2.9, margin=8.0, lead=4.5, coverage=2.7),
}
# From one language to another's reference articles, 485 pairs: precision .87, found articles answered .44, articles taken away declined
# .91, other questions .99.
ACROSS = {
    "use50-e550": Calibration(bias=-3.9, similarity=3.4, margin=17.7, lead=1.2),
    "use": Calibration(bias=-3.9, similarity=1.1, margin=19.2, lead=1.4),
}


def answerability(found: Matches, *, across: bool) -> float:
    """0..1; from `ANSWERABLE` the best passage is taken to hold the answer.

    Args:
        found: The result of a search.
        across: The question is in another language than the passages.
    """
    if not found.best:
        return 0.0
    best = found.best[0]
    article = best.id.partition("#")[0]
    others = (match.similarity for match in found.best if match.id.partition("#")[0] != article)
    weights = (ACROSS if across else WITHIN).get(found.encoder, WORDS_ALONE)
    logit = (
        weights.bias
        + weights.similarity * best.similarity
        + weights.margin * (best.similarity - found.background)
        + weights.lead * (best.similarity - next(others, found.background))
        + weights.coverage * best.coverage
    )
    return 1 / (1 + exp(-logit))
