"""What the server refuses, beside what the floors below do.

Refused                    theirs
├── BadRequest             the request cannot be read                        400
├── BadJson                the body is not the JSON it should be             400
├── NotFound               there is nothing at this address                  404
├── NoSuchSession          none of the caller's sessions has this handle     404
├── MethodNotAllowed       the address does not take this method             405
├── BodyTooLarge           more bytes than are read                          413
├── UnsupportedMediaType   the body is not called JSON                       415
└── InvalidBody            a member is missing, unknown or not of its type   422
Unavailable
└── NotReady               a part of the server does not answer              503
Misuse                     ours
├── Failure                a fault in the program                            500
└── BadSettings            the server cannot start as it is configured
"""

from collections.abc import Iterable

from dojang.errors import Misuse, Refused, Unavailable

__all__ = [
    "BadJson",
    "BadRequest",
    "BadSettings",
    "BodyTooLarge",
    "Failure",
    "InvalidBody",
    "MethodNotAllowed",
    "NoSuchSession",
    "NotFound",
    "NotReady",
    "UnsupportedMediaType",
]


class BadRequest(Refused):
    """The request cannot be read."""

    code = "bad-request"
    status = 400


class BadJson(Refused):
    """The body is not the JSON it should be."""

    code = "bad-json"
    status = 400


class NotFound(Refused):
    """There is nothing at this address."""

    code = "not-found"
    status = 404

    def __init__(self) -> None:
        super().__init__("there is nothing at this address; /openapi.json lists what there is")


class NoSuchSession(Refused):
    """None of the caller's sessions has this handle."""

    code = "no-such-session"
    status = 404

    def __init__(self) -> None:
        super().__init__("none of your sessions has this handle; it may have ended already")


class MethodNotAllowed(Refused):
    """The address does not take this method."""

    code = "method-not-allowed"
    status = 405

    def __init__(self, allowed: str) -> None:
        super().__init__(f"this address takes {allowed}")


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


class NotReady(Unavailable):
    """A part of the server does not answer."""

    code = "not-ready"
    shown = True


class Failure(Misuse):
    """A fault in the program; the log has it."""

    code = "failure"


class BadSettings(Misuse):
    """The server cannot start as it is configured.

    Attributes:
        problems: One line each, with the name, the value unless it is secret, and the remedy.
    """

    code = "bad-settings"

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))
