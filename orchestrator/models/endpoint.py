"""Where a model is reached and with which key, read from the settings."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from pydantic import SecretStr

from orchestrator.errors import SettingsError
from orchestrator.settings import Settings

NO_KEY = "none"
"""What endpoints without keys are sent: the SDK wants something, and local servers take anything."""


@dataclass(frozen=True, kw_only=True)
class ModelEndpoint:
    """One model at one address. `query` and `is_azure` come from the address: Azure wants `?api-version=` and the key in `api-key`."""

    model: str
    base_url: str
    query: tuple[tuple[str, str], ...] = ()
    key: SecretStr = field(default=SecretStr(NO_KEY))
    is_azure: bool = False

    @property
    def is_openai(self) -> bool:
        """Whether it is OpenAI itself."""
        return urlsplit(self.base_url).hostname == "api.openai.com"

    @property
    def name(self) -> str:
        """How logs and errors call it: the model and the host, never the key."""
        return f"{self.model}@{urlsplit(self.base_url).netloc}"

    def hidden(self, text: str) -> str:
        """The text without the key, should an endpoint have repeated it."""
        key = self.key.get_secret_value()
        return text.replace(key, "***") if len(key) > len(NO_KEY) else text


def endpoints_of(settings: Settings) -> tuple[ModelEndpoint, ...]:
    """The endpoints of `FILROUGE_MODEL`, in the order in which they are tried.

    `OPENAI_API_KEY` goes to `OPENAI_BASE_URL` alone: an entry with an address of its own has its key in `FILROUGE_MODEL_KEYS`.

    Raises:
        SettingsError: An entry or a key is malformed.
    """
    keys = _keys(settings.model_keys)
    return tuple(_endpoint(entry, settings, keys) for entry in settings.model)


def _endpoint(entry: str, settings: Settings, keys: dict[str, SecretStr]) -> ModelEndpoint:
    model, _, address = entry.partition("@")
    parts = urlsplit(address or settings.openai_base_url)
    if not model or parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"FILROUGE_MODEL: {entry!r} is not `name` or `name@https://host/v1`.")
    if parts.username or parts.password:
        raise SettingsError(f"FILROUGE_MODEL: the address of {model!r} holds a password. Put the key into FILROUGE_MODEL_KEYS.")
    is_main = not address or _origin(address) == _origin(settings.openai_base_url)
    key = keys.get(parts.netloc) or (settings.openai_api_key if is_main else None)
    query = tuple(parse_qsl(parts.query))
    return ModelEndpoint(
        model=model,
        base_url=urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", "")),
        query=query,
        key=key if key and key.get_secret_value() else SecretStr(NO_KEY),
        is_azure="api-version" in dict(query) or parts.hostname.endswith(".openai.azure.com"),
    )


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


def _keys(setting: SecretStr) -> dict[str, SecretStr]:
    found: dict[str, SecretStr] = {}
    for entry in filter(None, (part.strip() for part in setting.get_secret_value().split(","))):
        host, _, key = entry.partition("=")
        if not key:
            raise SettingsError("FILROUGE_MODEL_KEYS: each entry is `host=key` (with the port, if there is one), separated by commas.")
        found[host] = SecretStr(key)
    return found
