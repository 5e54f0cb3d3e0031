"""What is counted and logged of every request: who, what, how it went and how long it took, and nothing of its content."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from http import HTTPMethod

from prometheus_client import CollectorRegistry, Counter, Histogram, Info, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inkdigits import __version__
from inkdigits.errors import one_line
from inkdigits.server.limits import Budget
from inkdigits.workers.pool import Pool

log = logging.getLogger("inkdigits.access")
_METHODS = frozenset(HTTPMethod)
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """The figures of a server, in a registry of their own."""

    def __init__(self, pool: Pool, budget: Budget) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "inkdigits_http_requests", "Requests answered.", ["method", "path", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "inkdigits_http_request_seconds",
            "Time from a request's head to the end of its answer.",
            ["path"],
            registry=self.registry,
            buckets=_SECONDS,
        )
        self.pictures = Counter(
            "inkdigits_pictures", "Pictures and documents, answered or failed.", ["verb", "outcome"],
            registry=self.registry,
        )  # fmt: skip
        Info("inkdigits", "The server.", registry=self.registry).info({"version": __version__})
        ProcessCollector(registry=self.registry)
        self.registry.register(_State(pool, budget))


class _State(Collector):
    """What is so at the moment, read when it is asked for."""

    def __init__(self, pool: Pool, budget: Budget) -> None:
        self._pool, self._budget = pool, budget

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of the pool and of the bodies in memory."""
        yield GaugeMetricFamily("inkdigits_workers", "Processes that are ready to read.", value=self._pool.ready)
        yield GaugeMetricFamily("inkdigits_waiting_pictures", "Pictures that wait for one.", value=self._pool.waiting)
        yield GaugeMetricFamily("inkdigits_held_bytes", "Bytes of bodies in memory.", value=self._budget.held)
        yield CounterMetricFamily(
            "inkdigits_worker_deaths",
            "Processes that have ended over a picture, or were given up.",
            value=self._pool.deaths,
        )


class Observed:
    """Stands before an application, and counts and logs what it answers.

    `places` says which path is counted as what; names that clients make up are all "other".
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, places: Mapping[str, str]) -> None:
        self._app, self._metrics, self._places = app, metrics, places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have a request answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status, size = 500, 0

        async def counted(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            seconds = time.perf_counter() - started
            path = self._places.get(scope["path"], "other")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.requests.labels(method, path, status).inc()
            self._metrics.seconds.labels(path).observe(seconds)
            client = (scope.get("client") or ("-",))[0]
            place = one_line(scope["path"], 120)  # without what follows the ?, where the token may be
            log.info("%s %s %s %d %d B %.0f ms", client, method, place, status, size, 1000 * seconds)


def log_to_standard_error() -> None:
    """Have a line for each request on standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
