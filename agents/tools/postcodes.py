"""Postcodes of the countries we deliver to: which country one belongs to, and whether it can be one."""

import re
from collections.abc import Sequence

_PATTERNS = {
    "CH": re.compile(r"[1-9]\d{3}"),
    "FR": re.compile(r"(?:0[1-9]|[1-8]\d|9[0-8])\d{3}"),
    "DE": re.compile(r"(?:0[1-9]|[1-9]\d)\d{3}"),
    "IT": re.compile(r"\d{5}"),
    "ES": re.compile(r"(?:0[1-9]|[1-4]\d|5[0-2])\d{3}"),
    "BR": re.compile(r"\d{5}-?\d{3}"),
    "US": re.compile(r"\d{5}(?:-\d{4})?"),
    "GB": re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"),
}


def is_postcode_of(postcode: str, region: str) -> bool:
    """Whether the country's postcodes look like this; True for a country that is not known here."""
    pattern = _PATTERNS.get(region)
    return pattern is None or pattern.fullmatch(postcode.strip().upper()) is not None


def region_of_postcode(postcode: str, home: str, regions: Sequence[str]) -> str | None:
    """The country of a postcode: the customer's own when it fits, otherwise the first that it fits, otherwise None."""
    return next((region for region in (home, *regions) if region in regions and is_postcode_of(postcode, region)), None)
