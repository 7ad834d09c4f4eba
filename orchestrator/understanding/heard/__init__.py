"""What was heard: a transcript of speech, written as a customer would have typed it.

"A wie Anton, zwo null vier eins sieben" becomes "A20417", "lea punkt meier at bluewin punkt c h" an address. Ordinary sentences stay
as they are: words become a code only when one is expected, announced or evidently dictated.
"""

from orchestrator.conversation import Language
from orchestrator.understanding.entities import EntityKind
from orchestrator.understanding.normalise import clean

from .addresses import addresses
from .amounts import amounts
from .codes import codes
from .elements import read_elements
from .noises import is_backchannel, without_fillers
from .text import Change, changed

__all__ = ["heard", "is_backchannel"]

PASSES = 3
"""What a change brings together may be one code; hearing again changes nothing any more."""
NOTHING: frozenset[EntityKind] = frozenset()


def heard(text: str, language: Language, expects: frozenset[EntityKind] = NOTHING) -> str:
    """The transcript without fillers, with dictated numbers, letters and addresses written as entities read them.

    Pure and idempotent. `expects` are the kinds that an open form asks for; they let fewer words count as a code.
    """
    said = clean(text)
    for _ in range(PASSES):
        again = _heard(said, language, expects)
        if again == said:
            break
        said = again
    return said


def _heard(said: str, language: Language, expects: frozenset[EntityKind]) -> str:
    if is_backchannel(said, language):
        return said
    said = without_fillers(said, language)
    elements = read_elements(said, language)
    changes: list[Change] = []
    for found in (addresses(elements, language, expects), codes(elements, expects), amounts(elements, said, expects)):
        changes += [change for change in found if not any(change.overlaps(other) for other in changes)]
    return changed(said, changes)
