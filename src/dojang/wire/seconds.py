"""Lengths of time as a configuration gives them: whole seconds, however they are spelled."""

from dojang.errors import Misuse

__all__ = ["whole"]


def whole(value: object, name: str, *, unit: str = "seconds") -> int:
    """Return a whole number as an integer, so that it is written without a point.

    Args:
        value: `1209600`, or `1209600.0` as `timedelta.total_seconds()` gives it.
        name: What to call it in an error.
        unit: What it counts.

    Raises:
        Misuse: It has a fraction, or is no number.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    found = f"{value} {unit}" if type(value) is float else f"a {type(value).__name__}"
    raise Misuse(f"{name} is {found}; write a whole number of {unit}, such as 3600")
