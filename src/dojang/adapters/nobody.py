"""Why nobody is let in: one table of codes, in every framework."""

from dojang.errors import Anonymous, Rejected
from dojang.session.session import Session

__all__ = ["nobody"]


def nobody(session: Session) -> Rejected:
    """Return why there is no user behind a session."""
    if session.user is not None:
        return Anonymous("the user of this session is not known here any more")
    rejected = session.found.rejected if session.found else None
    return rejected or Anonymous()
