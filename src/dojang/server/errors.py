"""What the server refuses, beside what the floors below do.

Refused                    theirs
├── BadRequest             the request cannot be read                        400
├── InvalidRequest         the form of an OAuth address cannot be read       400
├── UntrustedProxy         it is for proxies, and this is none of ours       403
├── NotFound               there is nothing at this address                  404
└── MethodNotAllowed       the address does not take this method             405
Rejected
└── InvalidClient          no service key, or one that is not good           401
Unavailable
└── NotReady               a part of the server does not answer              503
Misuse                     ours
├── Failure                a fault in the program                            500
└── BadSettings            the server cannot start as it is configured
"""

from collections.abc import Iterable

from dojang.errors import Misuse, Refused, Rejected, Unavailable

__all__ = [
    "BadRequest",
    "BadSettings",
    "Failure",
    "InvalidClient",
    "InvalidRequest",
    "MethodNotAllowed",
    "NotFound",
    "NotReady",
    "UntrustedProxy",
]


class BadRequest(Refused):
    """The request cannot be read."""

    code = "bad-request"
    status = 400


class InvalidRequest(Refused):
    """The form of an OAuth address cannot be read.

    Source: RFC 6749 section 5.2.
    """

    code = "invalid-request"
    status = 400
    extra = (("error", "invalid_request"),)


class UntrustedProxy(Refused):
    """The address is for proxies, and whoever asks is none of those that are named."""

    code = "untrusted-proxy"

    def __init__(self) -> None:
        super().__init__("this address is for proxies that DOJANG_PROXIES names")


class NotFound(Refused):
    """There is nothing at this address."""

    code = "not-found"
    status = 404

    def __init__(self) -> None:
        super().__init__("there is nothing at this address; /openapi.json lists what there is")


class MethodNotAllowed(Refused):
    """The address does not take this method."""

    code = "method-not-allowed"
    status = 405

    def __init__(self, allowed: str) -> None:
        super().__init__(f"this address takes {allowed}")


class InvalidClient(Rejected):
    """There is no service key, or one that is not good.

    Source: RFC 6749 section 5.2.
    """

    code = "invalid-client"
    extra = (("error", "invalid_client"),)

    def __init__(self) -> None:
        super().__init__(
            "this address is for services: send Authorization: Bearer with a key that "
            "`dojang keys service new` printed"
        )


class InvalidMetricsKey(Rejected):
    """There is no key for the metrics, or another one."""

    code = "invalid-metrics-key"

    def __init__(self) -> None:
        super().__init__(
            "this address is for scrapers: send Authorization: Bearer with what stands in "
            "DOJANG_METRICS_KEY"
        )


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
