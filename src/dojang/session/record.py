"""The frozen value behind a session: what is sealed into a cookie or written to a store."""

from dataclasses import dataclass, field

__all__ = ["Device", "Login", "Principal", "Record", "goes_on"]

#: Who a session belongs to, in the application's own terms.
Principal = str | int


@dataclass(frozen=True, slots=True)
class Login:
    """How and when the principal proved who they are.

    Attributes:
        at: Unix milliseconds; carried unchanged through every renewal.
        methods: What they showed, as in RFC 8176: `pwd`, `otp`, ...
    """

    at: int
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Device:
    """What a device list shows beside the handle.

    Attributes:
        address: The network address as text, or empty.
        agent: The User-Agent header, cut to 512 characters, or empty.
    """

    address: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One session at one instant. All instants are unix milliseconds.

    Attributes:
        handle: Its public name; empty until the place where it lives gives it one.
        data: The application's data as JSON text of an object; entirely the application's.
        user: The principal, or None for an anonymous session.
        created: When this session, or this login, began.
        expires: When it is over, exclusive: at that instant it is; or None for never.
        login: How the principal came to be, or None.
        remember: Whether the cookie outlives the browser.
        seen: When the session was last seen, give or take `seen_every`.
        device: Where the login came from.
        rotated: Whether a newer record has taken its place; then it is nobody's.
        id: The very id that the cookie holds, where a store's layout files the session under it as
            connect-redis does; empty everywhere else. A secret.
    """

    handle: str = ""
    data: str = "{}"
    user: Principal | None = None
    created: int
    expires: int | None
    login: Login | None = None
    remember: bool = True
    seen: int = 0
    device: Device = field(default_factory=Device)
    rotated: bool = False
    id: str = field(default="", repr=False)


def goes_on(before: Record, after: Record) -> bool:
    """Return whether a session has only moved to another id, perhaps with its login renewed.

    A login begins a record of its own, also where it is the same user's.
    """
    renewed = before.user == after.user is not None and before.created == after.created
    return renewed or before.login == after.login
