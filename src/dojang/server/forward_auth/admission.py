"""Whether somebody may pass."""

from collections.abc import Callable

from dojang.adapters.nobody import nobody
from dojang.adapters.users import require_fresh
from dojang.auth import User
from dojang.errors import MissingRole, Refused, Rejected
from dojang.server.forward_auth.rules import Needs
from dojang.session.session import Session

__all__ = ["Closed", "OneFactor", "admit"]


class Closed(Refused):
    """Nobody may go there: a rule says so, or none says otherwise."""

    code = "closed"

    def __init__(self) -> None:
        super().__init__("nobody may go there")


class OneFactor(Rejected):
    """The user is signed in without a second factor, and this needs one."""

    code = "one-factor"

    def __init__(self) -> None:
        super().__init__("this needs a sign-in with a second factor")


def admit(needs: Needs, user: User | None, session_of: Callable[[], Session]) -> None:
    """Let a request pass.

    Args:
        needs: What it takes.
        user: Who asks, with an account that is not disabled; None for nobody.
        session_of: Returns theirs; it is not called where that makes no difference.

    Raises:
        Closed: Nobody may.
        Rejected: Nobody is signed in, and the code says why.
        MissingRole: They lack a role.
        OneFactor: They signed in without one.
        StaleLogin: They proved who they are too long ago.
    """
    if needs.nobody:
        raise Closed
    if not needs.signed_in:
        return
    session = session_of()
    if user is None:
        raise nobody(session)
    if missing := sorted(needs.roles - set(user.roles)):
        raise MissingRole(*missing)
    if needs.second_factor and "mfa" not in session.methods:
        raise OneFactor
    if needs.fresh is not None:
        require_fresh(session, needs.fresh)
