"""What the API refuses, beside what the floors below do.

Refused
├── BadJson                the body is not the JSON it should be             400
├── SessionNeeded          an access token came, and this takes a session    403
├── NoSuchSession          none of the caller's sessions has this handle     404
├── BodyTooLarge           more bytes than are read                          413
├── UnsupportedMediaType   the body is not called JSON                       415
└── InvalidBody            a member is missing, unknown or not of its type   422
"""

from dojang.errors import Refused

__all__ = ["BadJson", "BodyTooLarge", "InvalidBody", "NoSuchSession", "SessionNeeded"]
__all__ += ["UnsupportedMediaType"]


class BadJson(Refused):
    """The body is not the JSON it should be."""

    code = "bad-json"
    status = 400


class SessionNeeded(Refused):
    """An access token came, and this is done with a session: its login can be proved once more."""

    code = "session-needed"

    def __init__(self) -> None:
        super().__init__(
            "this takes a session, and no access token: sign in with login, send its cookie, and "
            "leave Authorization out"
        )


class NoSuchSession(Refused):
    """None of the caller's sessions has this handle."""

    code = "no-such-session"
    status = 404

    def __init__(self) -> None:
        super().__init__("none of your sessions has this handle; it may have ended already")


class BodyTooLarge(Refused):
    """The body has more bytes than are read.

    Attributes:
        limit: Bytes, inclusive.
    """

    code = "body-too-large"
    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__(f"the body is too large: at most {limit} bytes are read")
        self.limit = limit


class UnsupportedMediaType(Refused):
    """The body is not called JSON."""

    code = "unsupported-media-type"
    status = 415

    def __init__(self) -> None:
        super().__init__("the body has to be JSON: send Content-Type: application/json")


class InvalidBody(Refused):
    """A member of the body is missing, unknown or not of its type.

    Attributes:
        field: Which; None when the body as a whole is meant. Its value is not kept.
    """

    code = "invalid-body"
    status = 422

    def __init__(self, field: str | None, problem: str) -> None:
        super().__init__(problem)
        self.field = field
