# docker build -t inkdigits . && docker run --rm --read-only --tmpfs /tmp -p 127.0.0.1:8000:8000 inkdigits
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN python -m venv /opt/inkdigits && /opt/inkdigits/bin/pip install --no-cache-dir ".[serve]"

FROM python:3.13-slim
COPY --from=build /opt/inkdigits /opt/inkdigits
ENV PATH=/opt/inkdigits/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# Nobody in particular: it writes nothing but what is in /tmp.
USER 10001:10001
WORKDIR /tmp
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
# More options go behind the image's name. -e INKDIGITS_TOKEN=… sets a token.
ENTRYPOINT ["inkdigits", "serve", "--host", "0.0.0.0"]
