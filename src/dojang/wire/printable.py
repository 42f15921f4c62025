"""Text that a terminal cannot misread."""

__all__ = ["escape", "escaped"]


def escaped(text: str) -> str:
    """Return `text` with whatever a terminal would obey or cannot show as JSON escapes.

    Args:
        text: Any text is safe to pass; line ends stay.
    """
    return "".join(char if char.isprintable() or char == "\n" else escape(char) for char in text)


def escape(char: str) -> str:
    """Return a character as JSON escapes; a lone surrogate is one, too.

    Args:
        char: One character.

    Source: RFC 8259 section 7.
    """
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{int.from_bytes(units[at : at + 2]):04x}" for at in range(0, len(units), 2))
