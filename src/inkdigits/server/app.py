"""The application: the API's routes that read, and all that stands around them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp

from inkdigits import __version__, network
from inkdigits.batch.rows import Verb
from inkdigits.errors import InputError, TooLargeError, one_line
from inkdigits.options import Options
from inkdigits.server import about, contract, contract_forms, documentation, refusals, static
from inkdigits.server.admission import Admission
from inkdigits.server.body import Body
from inkdigits.server.contract import ClassifyOptions, ReadOptions
from inkdigits.server.guard import Guard, error
from inkdigits.server.limits import Budget, Limits
from inkdigits.server.observing import Metrics, Observed
from inkdigits.server.pictures import Pictures, no_workers
from inkdigits.server.work import Question
from inkdigits.workers.work import Answer

# A client that waits longer than this is watched, so that it waits no longer when it has gone.
_WATCH_AFTER = 0.05


@dataclass(frozen=True)
class Service:
    """What is served, and to whom.

    models   name → what network.load takes: all that a request can choose from
    default  the name of the model that answers where none is chosen
    workers  processes for pages and large pictures; there is one more for small pictures
    names    host names that the server is known by, beside localhost and all numbers
    token    what everyone must show, if anything
    origins  other sites whose pages may ask, as scheme://host:port, or * for all
    forms    name → path of the templates whose sheets are read, by the default model
    """

    models: dict[str, str]
    default: str
    workers: int
    names: tuple[str, ...] = ()
    token: str | None = None
    origins: tuple[str, ...] = ()
    forms: dict[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)


def service_models(model: str) -> tuple[dict[str, str], str]:
    """Return the models that can be asked, the shipped ones and the given one, and the name of that. Raises InputError."""
    models = {name: name for name in network.shipped()}
    name = network.load(model).name
    if name in models and model != name:
        raise InputError(f"model {model}", f"has the name of a shipped model, {name}", "rename it")
    return {**models, name: model}, name


def create(service: Service) -> ASGIApp:
    """Return the application, guarded. It starts its workers when it is started, and ends them when it is ended."""
    pictures = Pictures(
        # Templates are read by the first.
        [service.models[service.default], *(path for name, path in service.models.items() if name != service.default)],
        service.workers,
        service.limits,
        tuple(service.forms.values()),
    )
    budget = Budget(service.limits.held_bytes)
    metrics = Metrics(pictures.pool, budget)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            await pictures.start()
            yield
        finally:  # also where a second Ctrl-C cancels this
            pictures.pool.stop()

    app = FastAPI(
        title="Inkdigits",
        version=__version__,
        summary="Reads handwritten digits.",
        description="The answers are those of the command line's `--json`. Nothing that is sent is kept.",
        docs_url=None,  # FastAPI's own pages would load their scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
    )
    refusals.add(app)
    _answers(app, service, pictures, budget, metrics)
    if service.forms:
        _forms(app, service, pictures, budget, metrics)
    about.add(app, service.models, service.default, pictures.pool, metrics, [400, *([401] if service.token else [])])
    places = {str(getattr(route, "path", "")): str(getattr(route, "path", "")) for route in app.routes}
    for route in (*documentation.routes(), *static.routes()):
        app.router.routes.append(route)
        places[route.path] = "page"
    _describe(app, service)
    return _around(app, service, metrics, places)


def _around(app: ASGIApp, service: Service, metrics: Metrics, places: dict[str, str]) -> ASGIApp:
    """Return an application with all that stands before it, from the inside out. `places`: path → what it is counted as."""
    if service.token is not None:
        app = Admission(app, service.token)
    if service.origins:
        app = CORSMiddleware(
            app,
            allow_origins=service.origins,
            allow_methods=("GET", "HEAD", "POST"),
            allow_headers=("authorization", "content-type"),
            allow_private_network=True,  # that they may ask a machine on the local network, Chrome wants told apart
            expose_headers=("retry-after",),
        )
    return Observed(Guard(app, service.names, service.origins), metrics, places)


def _answers(app: FastAPI, service: Service, reader: Pictures, budget: Budget, metrics: Metrics) -> None:
    """Add the routes that read pictures."""
    statuses = (400, 403, 408, 413, 415, 422, 429, 503, *([401] if service.token else []))
    body = {"requestBody": contract.request_body(service.limits)}

    async def answer(request: Request, verb: Verb, asked: ClassifyOptions, picture: bool = False) -> Response:
        model = service.models.get(service.default if asked.model is None else asked.model)
        if model is None:
            names = ", ".join(service.models)
            reason = f"model {one_line(asked.model, 80)} is not served here; choose one of {names}"
            return error(HTTPStatus.UNPROCESSABLE_ENTITY, reason)
        with Body(request.headers, request.receive, service.limits, budget) as sent:
            pictures = await sent.pictures()
            futures = reader.submit(Question(verb, asked.options(model), picture), pictures)
            answers = await _outcomes(futures, request)
            for each in answers:
                metrics.pictures.labels(verb, "failed" if each.error else "answered").inc()
            return _response(pictures, answers)

    @app.post(
        "/classify",
        summary="Read the one digit in each picture",
        responses=contract.responses(*statuses),
        response_model=contract.Digits,
        openapi_extra=body,
    )
    async def classify(request: Request, options: Annotated[ClassifyOptions, Query()]) -> Response:
        return await answer(request, "classify", options)

    @app.post(
        "/read",
        summary="Read the lines of digits in pictures and documents",
        responses=contract.responses(*statuses),
        response_model=contract.Pages,
        openapi_extra=body,
    )
    async def read(request: Request, options: Annotated[ReadOptions, Query()]) -> Response:
        return await answer(request, "read", options, options.picture)


def _forms(app: FastAPI, service: Service, reader: Pictures, budget: Budget, metrics: Metrics) -> None:
    """Add the route that reads filled sheets."""
    statuses = (400, 403, 404, 408, 413, 415, 422, 429, 503, *([401] if service.token else []))

    @app.post(
        "/forms/{name}",
        summary="Read filled sheets of a form",
        responses=contract.responses(*statuses),
        response_model=contract_forms.Sheets,
        openapi_extra={"requestBody": contract.request_body(service.limits)},
    )
    async def sheets(request: Request, name: str) -> Response:
        path = service.forms.get(name)
        if path is None:
            names = ", ".join(service.forms)
            return error(HTTPStatus.NOT_FOUND, f"form {one_line(name, 80)} is not served here; choose one of {names}")
        with Body(request.headers, request.receive, service.limits, budget) as sent:
            pictures = await sent.pictures()
            options = Options.of(model=service.models[service.default])
            answers = await _outcomes(reader.submit(Question("read", options, form=path), pictures), request)
            for each in answers:
                metrics.pictures.labels("form", "failed" if each.error else "answered").inc()
            return _response(pictures, answers)


async def _outcomes(futures: list[asyncio.Future[Answer]], request: Request) -> list[Answer]:
    """Return what the workers answer. Where the client goes away meanwhile, what still waits is dropped."""
    watch: asyncio.Task[None] | None = None

    async def until_gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        for future in futures:
            future.cancel()

    def start() -> None:
        nonlocal watch
        watch = asyncio.create_task(until_gone())

    timer = asyncio.get_running_loop().call_later(_WATCH_AFTER, start)
    try:
        outcomes = await asyncio.gather(*futures, return_exceptions=True)
    finally:
        timer.cancel()
        if watch is not None:
            watch.cancel()
    if any(future.cancelled() for future in futures):
        raise ClientDisconnect
    answers = []
    for outcome in outcomes:
        if isinstance(outcome, ChildProcessError):
            raise no_workers(str(outcome))
        if isinstance(outcome, BaseException):
            raise outcome
        answers.append(outcome)
    return answers


def _response(pictures: list[tuple[str, bytes]], answers: list[Answer]) -> Response:
    """Return the answers in the order of the pictures. Of a single picture, a failure is the request's own."""
    if len(answers) == 1 and (failure := answers[0].error) is not None:
        too_large = isinstance(failure, TooLargeError)
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if too_large else HTTPStatus.UNPROCESSABLE_ENTITY
        return error(status, failure.reason, failure.source)
    objects = []
    for (name, _), answer in zip(pictures, answers, strict=True):
        if answer.error is None:
            objects += answer.lines
        else:
            objects.append(contract.Failure(source=name, error=answer.error.reason).model_dump_json())
    return Response(f'{{"results": [{", ".join(objects)}]}}', media_type="application/json")


def _describe(app: FastAPI, service: Service) -> None:
    """Put into the OpenAPI description what FastAPI does not: which models there are, and examples with their nulls."""
    original = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = original()
            schema["components"]["schemas"].update(contract.components())
            for path, operations in schema["paths"].items():
                for operation in operations.values():
                    answer = operation["responses"]["200"]["content"]["application/json"]
                    answer["example"] = contract.EXAMPLES[path[1:]]
                    for parameter in operation.get("parameters", []):
                        if path == "/forms/{name}" and parameter["name"] == "name":
                            parameter["schema"] = {"type": "string", "enum": list(service.forms)}
                        if parameter["name"] == "model":
                            parameter["schema"] = {"type": "string", "enum": list(service.models)}
        return original()

    app.openapi = openapi  # type: ignore[method-assign]
