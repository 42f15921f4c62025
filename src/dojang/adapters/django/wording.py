"""Errors in the words of Django's settings, where those of a constructor would help nobody."""

__all__ = ["in_settings"]

_WORDS = (
    ("Lifetime(absolute=...)", 'DOJANG["ABSOLUTE"] in seconds'),
    ("ClientSide(format, revocations=store)", 'DOJANG["REVOCATIONS"] with the URL of a store'),
    ("revocations=store", 'DOJANG["REVOCATIONS"]'),
    ("ServerSide(SqliteStore(...))", 'DOJANG["SESSIONS"] with the URL of a store'),
    ("write secure=True", "write SESSION_COOKIE_SECURE = True"),
    ("same_site='lax'", "SESSION_COOKIE_SAMESITE = 'Lax'"),
    ("same_site is", "SESSION_COOKIE_SAMESITE is"),
    ("on plain http use Cookie.for_local_development()", "write SESSION_COOKIE_SECURE = True"),
    ("absolute is", "DOJANG['ABSOLUTE'] is"),
    ("idle is", "SESSION_COOKIE_AGE is"),
    ("fronts=", "DOJANG['FRONTS']"),
)


def in_settings(error: Exception) -> str:
    """Return what an error says, with the settings that it is about in the place of arguments."""
    text = str(error)
    for argument, setting in _WORDS:
        text = text.replace(argument, setting)
    return text
