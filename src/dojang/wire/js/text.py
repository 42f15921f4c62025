"""Text as JavaScript sees it: counted in UTF-16 units, lone surrogates replaced on the way out."""

__all__ = ["units", "utf8"]


def units(text: str) -> int:
    """Return the length of `text` in UTF-16 units, which is what `text.length` is in JavaScript."""
    return len(text) + sum(char > "\uffff" for char in text)


def utf8(text: str) -> bytes:
    """Return `text` in UTF-8 with U+FFFD for each lone surrogate, as `Buffer.from(text)` does."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return joined.encode("utf-8")
