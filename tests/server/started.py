"""A server with other limits than the command's: python -m tests.server.started '{"waiting": 2}' [WORKERS]."""

import json
import sys

from inkdigits.server import address, app, listener
from inkdigits.server.limits import Limits


def main():
    limits = Limits(**json.loads(sys.argv[1]))
    models, default = app.service_models("default")
    service = app.Service(models, default, int(sys.argv[2]), limits=limits)
    ours = listener.listen("127.0.0.1", 0)
    listener.run(
        app.create(service),
        ours,
        limits,
        lambda: print(f"Inkdigits is at {address.page('127.0.0.1', ours)}", flush=True),
    )


if __name__ == "__main__":
    main()
