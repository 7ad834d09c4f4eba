"""Settings: the environment, then `[tool.filrouge]` of the project's `pyproject.toml`, then defaults. Built at the edge, passed down."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    PyprojectTomlConfigSettingsSource,
    SettingsConfigDict,
)

from orchestrator.errors import SettingsError


def _split(value: object) -> object:
    return tuple(key.strip() for key in value.split(",") if key.strip()) if isinstance(value, str) else value


KeyList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""Comma-separated in the environment."""


class Settings(BaseSettings):
    """Everything a deployment may choose. Each name is an environment variable `FILROUGE_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="FILROUGE_", frozen=True, extra="forbid", pyproject_toml_table_header=("tool", "filrouge"))

    project: Path = Path(".")
    data_dir: Path = Path(".filrouge")
    host: str = Field(default="127.0.0.1", validation_alias=AliasChoices("host", "FILROUGE_HOST", "HOST"))
    port: int = Field(default=8080, ge=0, le=65535, validation_alias=AliasChoices("port", "FILROUGE_PORT", "PORT"))
    public_url: str = ""
    api_keys: KeyList = ()
    staff_keys: KeyList = ()
    secret: str = ""
    cors_origins: KeyList = ()
    """Web origins whose pages may call the API from a browser, such as `https://shop.example`; the service's own needs no entry."""
    twilio_auth_token: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("twilio_auth_token", "FILROUGE_TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN")
    )
    """Signs what the telephone carrier sends; without it, calls are taken from this machine only."""
    voice_transfer: str = ""
    """The number that callers are put through to when a human takes over (E.164); without one they are called back."""
    token_key: str = ""
    token_algorithm: Literal["HS256", "RS256"] = "HS256"
    token_audience: str = "filrouge"
    encoder: str = Field(default="use+e5", pattern=r"^(use\+e5|use|none|openai:\S+)$")
    """What reads and finds: `use` reads messages, `e5` also finds passages, `none` goes by letters and words alone.

    `openai:<model>` or `openai:<model>:<dimensions>` finds passages by the embeddings of `openai_base_url`.
    """
    model: KeyList = ()
    """Language models in the order in which they are tried: `name` at `openai_base_url`, or `name@https://host/v1`; empty: none."""
    openai_base_url: str = Field(
        default="https://api.openai.com/v1", validation_alias=AliasChoices("openai_base_url", "FILROUGE_OPENAI_BASE_URL", "OPENAI_BASE_URL")
    )
    openai_api_key: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("openai_api_key", "FILROUGE_OPENAI_API_KEY", "OPENAI_API_KEY")
    )
    model_keys: SecretStr = SecretStr("")
    """Keys of other hosts than `openai_base_url`: `host=key`, separated by commas."""
    model_tools: Literal["auto", "native", "schema"] = "auto"
    """How models ask for tools: by the endpoint's own tool calls, by one structured answer, or as a check at start finds."""
    model_first_token_seconds: float = Field(default=15, gt=0)
    model_silence_seconds: float = Field(default=10, gt=0)
    model_seconds: float = Field(default=60, gt=0)
    model_prices: KeyList = ()
    """Per model and million tokens: `name=prompt/completion` or `name=prompt/completion/cached`."""
    model_turn_calls: int = Field(default=6, ge=1)
    model_turn_tool_calls: int = Field(default=12, ge=0)
    model_turn_tokens: int = Field(default=60_000, ge=1)
    model_turn_seconds: float = Field(default=90, gt=0)
    model_turn_money: Decimal | None = Field(default=None, ge=0)
    model_conversation_tokens: int | None = Field(default=None, ge=1)
    model_conversation_money: Decimal | None = Field(default=None, ge=0)
    model_day_tokens: int | None = Field(default=None, ge=1)
    model_day_money: Decimal | None = Field(default=None, ge=0)
    message_limit: int = Field(default=4000, ge=1)
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 the signature is pydantic-settings'
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 the signature is pydantic-settings'
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then the project's `pyproject.toml`."""
        return init_settings, env_settings, PyprojectTomlConfigSettingsSource(settings_cls)


def load_settings(**overrides: object) -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: A value is malformed; the text names each one.
    """
    try:
        return Settings(**overrides)  # pyright: ignore[reportArgumentType]  # values are validated by pydantic
    except ValidationError as error:
        lines = [f"{(name := '.'.join(map(str, e['loc'])))}: {e['msg']} (got {_shown(name, e['input'])})" for e in error.errors()]
        # Not `from error`: its text repeats the values.
        raise SettingsError("settings: " + "; ".join(lines)) from None


def _shown(name: str, value: object) -> str:
    return "a value not shown" if "key" in name.lower() or "secret" in name.lower() else repr(value)
