"""The numbers, each with its name and what it counts."""

from prometheus_client import CollectorRegistry, Counter, Histogram

from dojang.adapters.auth_api.journal import ARRIVALS
from dojang.server.log import ANSWERED, Event

__all__ = ["Numbers"]

#: Seconds: from a look into memory to a time limit.
_OF_A_STORE = (0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)

#: Seconds: from a file of ours to a password that waits for its turn.
_OF_AN_ANSWER = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

#: Seconds: around the one second that a copy of the revocations is gone by, and its grace.
_OF_A_COPY = (0.1, 0.25, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 10)

#: Lines of the log that tell of somebody who wanted in and did not get there.
_REFUSED = frozenset({"login-refused", "second-factor-refused", "sign-in-with-failed"})


class Numbers:
    """Counts what the log says, and what stores and revocations tell.

    Attributes:
        registry: Where Prometheus' client finds them.
        store: Seconds of a call, by `verb` and `outcome`: `ok`, `refused` or `unavailable`.
        revocation_lag: How old, in seconds, the copy of the revocations became by which requests
            were judged, until the next pull.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._answers = Histogram(
            "dojang_request_seconds",
            "Seconds until an answer, by its status.",
            ["status"],
            buckets=_OF_AN_ANSWER,
            registry=self.registry,
        )
        self._sign_ins = Counter(
            "dojang_sign_ins",
            "Sign-ins by outcome: how somebody came in, or the code of why not.",
            ["outcome"],
            registry=self.registry,
        )
        self._rejections = Counter(
            "dojang_rejections",
            "Requests whose session was not accepted, by the code of why.",
            ["code"],
            registry=self.registry,
        )
        self._reuse = Counter(
            "dojang_refresh_token_reuse",
            "Refresh tokens that came back after they were used up, which ended their device.",
            registry=self.registry,
        )
        self.store = Histogram(
            "dojang_store_seconds",
            "Seconds that the store of the sessions took, by verb and outcome.",
            ["verb", "outcome"],
            buckets=_OF_A_STORE,
            registry=self.registry,
        )
        self.revocation_lag = Histogram(
            "dojang_revocation_lag_seconds",
            "Seconds behind which a logout elsewhere was seen here, at the most, of each pull.",
            buckets=_OF_A_COPY,
            registry=self.registry,
        )

    def __call__(self, _logger: object, _method: str, event: Event) -> Event:
        """Count a line of the log, and pass it on as it is: a processor of structlog."""
        kind, code = event["event"], str(event.get("code", ""))
        if kind == ANSWERED:
            self._answers.labels(event["status"]).observe(event["ms"] / 1000)
            if rejected := event.get("rejected"):
                self._rejections.labels(rejected).inc()
        elif kind in ARRIVALS:
            self._sign_ins.labels(kind).inc()
        elif kind in _REFUSED:
            self._sign_ins.labels(code or kind).inc()
        elif kind == "refresh-token-reused":
            self._reuse.inc()
        return event
