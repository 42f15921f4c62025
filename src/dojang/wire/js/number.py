"""Numbers as JavaScript writes them: the shortest digits, and exponents only far out."""

__all__ = ["EXPONENT_FROM", "text"]

#: From here on, and below the other, JavaScript writes an exponent.
EXPONENT_FROM, _EXPONENT_BELOW = 1e21, 1e-6


def text(value: float) -> str:
    """Return a finite number as `String(value)` writes it.

    Source: ECMA-262 section 6.1.6.1.20.
    """
    magnitude = abs(value)
    if magnitude == 0:
        return "0"
    if magnitude < _EXPONENT_BELOW or magnitude >= EXPONENT_FROM:
        mantissa, _, exponent = _scientific(value).partition("e")
        return f"{mantissa}e{int(exponent):+d}"
    written = float.__repr__(value)
    if "e" not in written:
        return written.removesuffix(".0")
    return _positional(written)


def _scientific(value: float) -> str:
    mantissa, _, exponent = float.__repr__(value).partition("e")
    return f"{mantissa.removesuffix('.0')}e{exponent}"


def _positional(written: str) -> str:
    # Python turns to exponents at 1e16 and 1e-5, JavaScript at 1e21 and 1e-7.
    mantissa, _, exponent = written.partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits = (whole + fraction).rstrip("0") if fraction == "0" else whole + fraction
    point = len(whole) + int(exponent)
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    return sign + digits.ljust(point, "0")
