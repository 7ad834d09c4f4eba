"""Tokens: the host site's, which says who is logged in, and our own, which says which browser it is."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from orchestrator.errors import IdentityError, SettingsError
from orchestrator.settings import Settings

_LARGEST = 8 * 1024
_LIFETIME = timedelta(hours=1)
_CLOCK_DRIFT = timedelta(seconds=60)
_LONGEST_TEXT = 255
_SHORTEST_SECRET = 32
_SMALLEST_RSA_KEY = 2048
_HEADERS = frozenset({"alg", "typ", "kid"})
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_KEY_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._~=-]{0,127}")
_VISITOR = re.compile(r"v1\.([A-Za-z0-9_-]{8,64})\.(\d{1,12})\.([0-9a-f]{64})")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, kw_only=True)
class TokenIdentity:
    """Who the host site says is logged in; everything but the subject may be empty."""

    subject: str
    expires_at: datetime
    email: str = ""
    name: str = ""
    phone: str = ""
    language: str = ""
    region: str = ""


def verify_token(token: str, settings: Settings, now: datetime) -> TokenIdentity:
    """The identity in a JWT of the host site.

    The algorithm and the key are those of the settings, whatever the token says; it must be for our audience and live an hour at most.

    Raises:
        IdentityError: It is not valid. The text is the same for every reason, so that nobody learns by trying.
    """
    try:
        return _identity(_claims(token, settings), now)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise IdentityError("the token is not valid") from error


def check_key(settings: Settings) -> None:
    """Whether the settings' `token_key` can be trusted; no key at all is fine, then no token is accepted.

    Raises:
        SettingsError: An HS256 key under 32 bytes, or an RS256 key that is not a public RSA key of 2048 bits or more.
    """
    if settings.token_key and not _is_usable(settings):
        remedy = (
            f"a random secret of at least {_SHORTEST_SECRET} bytes that is not a public key"
            if settings.token_algorithm == "HS256"
            else f"an RSA public key in PEM of at least {_SMALLEST_RSA_KEY} bits"
        )
        raise SettingsError(f"settings: token_key is not usable with {settings.token_algorithm}. Set FILROUGE_TOKEN_KEY to {remedy}")


def issue_visitor(secret: str, now: datetime, visitor_id: str | None = None) -> str:
    """A signed token for a browser, with a new random visitor id unless one is given.

    Raises:
        SettingsError: The secret is empty.
    """
    signed = f"v1.{visitor_id or secrets.token_urlsafe(16)}.{int(now.timestamp())}"
    token = f"{signed}.{_seal(secret, signed)}"
    if not _VISITOR.fullmatch(token):
        raise ValueError(f"{visitor_id!r} is not a visitor id. Use 8 to 64 letters, digits, '-' and '_'")
    return token


def read_visitor(token: str, secret: str) -> str:
    """The visitor id in a token of ours.

    Raises:
        IdentityError: We did not issue it.
        SettingsError: The secret is empty.
    """
    found = _VISITOR.fullmatch(token) if token.isascii() else None
    if found is None or not hmac.compare_digest(_seal(secret, token.rpartition(".")[0]), found[3]):
        raise IdentityError("the token is not valid")
    return found[1]


def _claims(token: str, settings: Settings) -> Mapping[str, object]:
    import jwt

    if len(token) > _LARGEST or not _COMPACT.fullmatch(token) or not _is_usable(settings):
        raise ValueError("size, form or key")
    try:
        _check_header(jwt.get_unverified_header(token))
        decoded = jwt.decode(
            token,
            settings.token_key,
            algorithms=[settings.token_algorithm],
            audience=settings.token_audience,
            options={
                "require": ["exp", "aud", "sub"],
                "enforce_minimum_key_length": True,
                # Checked below against the caller's clock.
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
    except jwt.PyJWTError as error:
        raise ValueError("signature or claims") from error
    return cast("Mapping[str, object]", decoded)


def _check_header(header: Mapping[str, object]) -> None:
    # Keys, key addresses, certificates and extensions named by a token are never followed, so a token that needs them is refused.
    if not header.keys() <= _HEADERS:
        raise ValueError("header")
    if str(header.get("typ", "JWT")).upper() != "JWT":
        raise ValueError("typ")
    if not _KEY_ID.fullmatch(str(header.get("kid", "none"))):
        raise ValueError("kid")


def _identity(claims: Mapping[str, object], now: datetime) -> TokenIdentity:
    expires = _instant(claims["exp"])
    issued = _instant(claims["iat"]) if "iat" in claims else None
    if expires <= now or expires - (issued or now) > _LIFETIME:
        raise ValueError("exp")
    if issued is not None and (issued > now + _CLOCK_DRIFT or issued > expires):
        raise ValueError("iat")
    if "nbf" in claims and _instant(claims["nbf"]) > now + _CLOCK_DRIFT:
        raise ValueError("nbf")
    subject, email = _exact(claims, "sub"), _exact(claims, "email")
    if not subject:
        raise ValueError("sub")
    if email and not _EMAIL.fullmatch(email):
        raise ValueError("email")
    if claims.get("email_verified", True) is not True:
        email = ""
    return TokenIdentity(
        subject=subject,
        expires_at=expires,
        email=email,
        name=_text(claims, "name"),
        phone=_text(claims, "phone"),
        language=_text(claims, "language"),
        region=_text(claims, "region"),
    )


def _instant(value: object) -> datetime:
    if type(value) is not int:
        raise ValueError("a time is a whole number of seconds")
    try:
        return datetime.fromtimestamp(value, UTC)
    except OSError as error:
        raise ValueError("time out of range") from error


def _exact(claims: Mapping[str, object], name: str) -> str:
    # Identifies a person: nothing is repaired, or two spellings would be one person.
    value = _text(claims, name)
    if value != (claims.get(name) or ""):
        raise ValueError(name)
    return value


def _text(claims: Mapping[str, object], name: str) -> str:
    value = claims.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        raise ValueError(name)
    return "".join(letter for letter in " ".join(value.split()) if letter.isprintable())


def _is_usable(settings: Settings) -> bool:
    from jwt import PyJWTError
    from jwt.algorithms import get_default_algorithms

    key = settings.token_key
    if settings.token_algorithm == "HS256":
        return len(key.encode()) >= _SHORTEST_SECRET and "-----BEGIN" not in key and not key.startswith("ssh-")
    if "PRIVATE" in key or not key:
        return False
    try:
        prepared = get_default_algorithms()["RS256"].prepare_key(key)
    except (PyJWTError, ValueError, TypeError):
        return False
    return getattr(prepared, "key_size", 0) >= _SMALLEST_RSA_KEY


def _seal(secret: str, signed: str) -> str:
    if not secret:
        raise SettingsError("settings: secret is empty, so visitor tokens cannot be signed. Set FILROUGE_SECRET")
    return hmac.new(secret.encode(), f"visitor\0{signed}".encode(), hashlib.sha256).hexdigest()
