"""Which language somebody reads."""

from typing import Literal, cast, get_args

from dojang.extras import extra

with extra("accounts"):
    from babel import negotiate_locale

__all__ = ["LANGUAGES", "Language", "language_of"]

Language = Literal["en", "ko"]

#: The first is spoken with whoever reads none of them.
LANGUAGES: tuple[Language, ...] = get_args(Language)

_LOOKED_AT = 16  # languages of a header


def language_of(header: str) -> Language:
    """Return the language to speak, of an Accept-Language header; any text is safe to pass.

    Source: RFC 9110 section 12.5.4.
    """
    wanted = [_weighed(piece) for piece in header.split(",", _LOOKED_AT)[:_LOOKED_AT]]
    wanted.sort(key=lambda pair: -pair[0])  # of equals the first stays first
    tags = [tag for weight, tag in wanted if weight > 0]
    return cast("Language", negotiate_locale(tags, LANGUAGES, sep="-") or LANGUAGES[0])


def _weighed(piece: str) -> tuple[float, str]:
    tag, _, parameter = piece.partition(";")
    name, _, number = parameter.partition("=")
    if name.strip().lower() != "q":
        return 1.0, tag.strip().lower()
    try:
        weight = float(number)
    except ValueError:
        return 0.0, ""
    return (weight if 0 <= weight <= 1 else 0.0), tag.strip().lower()
