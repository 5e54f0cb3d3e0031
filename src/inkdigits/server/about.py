"""The routes that tell about the server: its models, how it is, and its figures."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from prometheus_client.exposition import choose_encoder

from inkdigits import __version__, network
from inkdigits.server import contract
from inkdigits.server.guard import error
from inkdigits.server.observing import Metrics
from inkdigits.workers.pool import Pool


def add(app: FastAPI, models: dict[str, str], default: str, pool: Pool, metrics: Metrics, statuses: list[int]) -> None:
    """Add the routes; each may answer with these statuses beside its own."""
    known = contract.Models(models=[_model(name, name == default, model) for name, model in models.items()])

    @app.get("/models", summary="The models that can be asked", responses=contract.responses(*statuses))
    async def models_() -> contract.Models:
        return known

    @app.get(
        "/health",
        summary="Whether the server is well, and how busy",
        responses=contract.responses(*statuses, 503),
        response_model=contract.Health,
    )
    async def health() -> contract.Health | Response:
        return _unready(pool) or contract.Health(
            status="ok", version=__version__, workers=pool.ready, waiting=pool.waiting
        )

    @app.get("/health/live", summary="That the server answers", responses=contract.responses(400))
    async def live() -> contract.Alive:
        """If it does not, it should be started again. Needs no token."""
        return contract.Alive(status="ok")

    @app.get(
        "/health/ready",
        summary="Whether the server can read now",
        responses=contract.responses(400, 503),
        response_model=contract.Alive,
    )
    async def ready() -> contract.Alive | Response:
        """If not, others should be asked meanwhile. Needs no token."""
        return _unready(pool) or contract.Alive(status="ok")

    @app.get("/metrics", include_in_schema=False)
    async def metrics_(request: Request) -> Response:
        encoder, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(encoder(metrics.registry), headers={"content-type": kind})


def _unready(pool: Pool) -> Response | None:
    if pool.ready:
        return None
    return error(HTTPStatus.SERVICE_UNAVAILABLE, pool.failure or "the workers are starting")


def _model(name: str, is_default: bool, model: str) -> contract.Model:
    config = network.load(model).config
    parameters, test = config.get("parameters"), config.get("test")
    accuracy = test.get("accuracy") if isinstance(test, dict) else None
    return contract.Model(
        name=name,
        default=is_default,
        parameters=parameters if isinstance(parameters, int) else None,
        accuracy=accuracy if isinstance(accuracy, float) and 0 <= accuracy <= 1 else None,
    )
