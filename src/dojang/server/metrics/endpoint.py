"""`GET /metrics`."""

import hmac
import os

from prometheus_client import exposition
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dojang.adapters.auth_api.callers import bearer
from dojang.errors import Unavailable
from dojang.server.errors import InvalidMetricsKey, NotFound
from dojang.server.metrics.circulating import WithCirculation
from dojang.server.metrics.workers import DIRECTORY
from dojang.server.parts import Parts, parts_of
from dojang.wire.js.text import utf8

__all__ = ["routes"]


class _Metrics(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        """Tell a scraper how much of what happened.

        Source: Prometheus text format 0.0.4, and OpenMetrics 1.0 for whoever accepts it.
        """
        _check(request)
        write, media_type = exposition.choose_encoder(request.headers.get("accept", ""))
        text = write(await _numbers(parts_of(request)))
        return Response(text, headers={"Content-Type": media_type, "Cache-Control": "no-store"})


async def _numbers(parts: Parts) -> Collector:
    shared = os.environ.get(DIRECTORY)
    numbers = _of_all(shared) if shared else parts.numbers.registry
    try:
        seen = await parts.sessions.circulation.everywhere(now=parts.sessions.clock())
    except Unavailable:
        # What else is counted is wanted just then.
        return numbers
    return WithCirculation(numbers, seen)


def _of_all(directory: str) -> Collector:
    return MultiProcessCollector(None, directory)  # type: ignore[no-untyped-call]  # their one


def _check(request: Request) -> None:
    key = parts_of(request).settings.metrics_key
    if key is None:  # what they tell is not for everybody
        raise NotFound
    if not hmac.compare_digest(utf8(bearer(request) or ""), utf8(key.get_secret_value())):
        raise InvalidMetricsKey


routes = [Route("/metrics", _Metrics)]
