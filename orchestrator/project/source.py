"""YAML files read with their line numbers, so that every mistake can name its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml
from pydantic import BaseModel, ValidationError

from orchestrator.errors import Mistake

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Key = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Document:
    """A parsed YAML file: its value, and the line (from 1) of each key path."""

    path: Path
    value: object
    lines: Mapping[Key, int] = field(default_factory=dict[Key, int])

    def line(self, *key: str | int) -> int:
        """The line of a key path, or of its nearest parent that has one."""
        for length in range(len(key), 0, -1):
            if key[:length] in self.lines:
                return self.lines[key[:length]]
        return 1

    def mistake(self, text: str, *key: str | int) -> Mistake:
        """A mistake at that key path."""
        return Mistake(path=self.path, line=self.line(*key), text=text)


def read_yaml(path: Path, mistakes: list[Mistake]) -> Document | None:
    """The document, or None after noting why it cannot be read."""
    try:
        loader: Any = _Loader(path.read_text(encoding="utf-8"))
        node: yaml.Node | None = loader.get_single_node()
        value: object = loader.construct_document(node) if node is not None else None
    except FileNotFoundError:
        mistakes.append(Mistake(path=path, line=1, text="the file is missing. Create it, or start from `filrouge init`"))
        return None
    except UnicodeDecodeError:
        mistakes.append(Mistake(path=path, line=1, text="the file is not UTF-8. Save it as UTF-8"))
        return None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        mistakes.append(
            Mistake(path=path, line=line, text=f"not valid YAML: {error.problem}. Check the indentation and quote texts with `: ` or `#`")
        )
        return None
    lines: dict[Key, int] = {}
    if node is not None:
        _collect(node, (), lines, mistakes, path)
    return Document(path=path, value=value, lines=lines)


def validated(document: Document, model: type[Model], mistakes: list[Mistake]) -> Model | None:
    """The document as a pydantic model, or None after noting each thing that does not fit."""
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        for entry in error.errors():
            key = entry["loc"]
            where = ".".join(map(str, key)) or "the file"
            mistakes.append(document.mistake(f"{where}: {entry['msg']} (found {_short(entry['input'])})", *key))
        return None


def mapping(value: object) -> Mapping[str, object]:
    """The value if it is a mapping with text keys, else an empty one."""
    if not isinstance(value, Mapping):
        return {}
    return {str(key): item for key, item in cast("Mapping[object, object]", value).items()}


def texts(value: object) -> tuple[str, ...]:
    """The value if it is a list of texts, else nothing."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        return ()
    return tuple(item for item in cast("list[object]", value) if isinstance(item, str))


def _collect(node: yaml.Node, key: Key, lines: dict[Key, int], mistakes: list[Mistake], path: Path) -> None:
    if isinstance(node, yaml.MappingNode):
        for name, value in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
            child = (*key, str(name.value))
            if child in lines:
                mistakes.append(Mistake(path=path, line=name.start_mark.line + 1, text=f"{name.value!r} stands twice. Keep one of them"))
            lines[child] = name.start_mark.line + 1
            _collect(value, child, lines, mistakes, path)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(cast("list[yaml.Node]", node.value)):
            lines[(*key, index)] = value.start_mark.line + 1
            _collect(value, (*key, index), lines, mistakes, path)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
