"""The word lists next door (`lexicon/*.yaml`), read once and checked: content that the code of this room matches with."""

from functools import cache
from importlib.resources import files
from typing import Annotated, TypeVar, cast

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict


def _split(written: object) -> object:
    return tuple(part.strip() for part in written.replace("\n", ";").split(";") if part.strip()) if isinstance(written, str) else written


Phrases = Annotated[tuple[str, ...], BeforeValidator(_split)]
"""Wordings as written in the lists: one text, parted by semicolons and line ends (no quoting, so "no" stays a word)."""


class WordList(BaseModel):
    """The base of every word list: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Shape = TypeVar("Shape", bound=WordList)


def load_list(name: str, shape: type[Shape]) -> Shape:
    """The word list `lexicon/<name>.yaml` in its shape.

    Raises:
        pydantic.ValidationError: A key is unknown or a language is missing.
    """
    return cast(Shape, _checked(name, shape))


@cache
def _checked(name: str, shape: type[WordList]) -> WordList:
    return shape.model_validate(_read(name))


def _read(name: str) -> object:
    path = files("orchestrator.understanding") / "lexicon" / f"{name}.yaml"
    # The C loader where libyaml is there: the lists are long, and start-up is felt in every test and every command.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506  both loaders are the safe ones
