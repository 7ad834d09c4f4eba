"""Settings: the environment, then `[tool.filrouge]` of the project's `pyproject.toml`, then defaults. Built at the edge, passed down."""

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
    encoder: Literal["use+e5", "use", "none"] = "use+e5"
    """What reads and finds: `use` reads messages, `e5` also finds passages, `none` goes by letters and words alone."""
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
        lines = [f"{'.'.join(map(str, e['loc']))}: {e['msg']} (got {e['input']!r})" for e in error.errors()]
        raise SettingsError("settings: " + "; ".join(lines)) from error
