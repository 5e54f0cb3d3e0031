"""Dockerfile and systemd unit: run or checked by Docker and systemd as far as they are installed, and by what they say."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from inkdigits.cli import main
from tests.server.conftest import running

ROOT = Path(__file__).parent.parent
UNIT = ROOT / "deploy" / "inkdigits.service"
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
IMAGE = re.search(r"^FROM (\S+)", DOCKERFILE, re.M)[1]


def last(instruction):
    return re.findall(rf"^{instruction} (.*)$", DOCKERFILE, re.M)[-1]


def known(command):
    """Check that a command is one of ours, with options that it has."""
    program, verb, *options = command
    assert Path(program).name == "inkdigits" and verb == "serve"
    text = CliRunner().invoke(main, ["serve", "--help"]).output
    for option in options:
        assert not option.startswith("-") or option in text


def test_the_image_is_not_root_and_starts_what_there_is():
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last("USER"))  # a number: Kubernetes can tell that it is not root
    known(json.loads(last("ENTRYPOINT")))
    serve = main.get_command(click.Context(main), "serve")
    port = next(option for option in serve.params if option.name == "port").default
    assert int(last("EXPOSE")) == port and f":{port}/" in last("HEALTHCHECK")


def test_what_is_copied_into_the_image_is_there():
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.M):
        for name in line.split()[:-1]:
            assert (ROOT / name).exists() and f"!{name}" in ignored


def test_the_health_check_tells_a_server_that_is_ready_from_none():
    check = json.loads(last("HEALTHCHECK").partition("CMD ")[2])
    assert check[0] == "python"
    with running("inkdigits", "serve", "--port", 0, "--workers", 1, "--token") as server:
        command = [sys.executable, *check[1:-1], check[-1].replace(":8000/", f":{server.port}/")]
        assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    assert subprocess.run(command, check=False, capture_output=True).returncode != 0


def test_the_image_builds_and_answers():
    if (
        not shutil.which("docker")
        or subprocess.run(["docker", "image", "inspect", IMAGE], check=False, capture_output=True).returncode
    ):
        pytest.skip(f"no Docker, or not the image {IMAGE}: docker pull {IMAGE}")
    subprocess.run(["docker", "build", "--quiet", "--tag", "inkdigits-test", ROOT], check=True)
    command = ["docker", "run", "--rm", "--read-only", "--tmpfs", "/tmp", "inkdigits-test", "--help"]
    assert "--phone" in subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_the_unit_starts_what_there_is():
    (line,) = re.findall(r"^ExecStart=(.*)$", UNIT.read_text("utf-8"), re.M)
    known(shlex.split(line))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd: apt-get install systemd")
def test_systemd_finds_no_fault_with_the_unit(tmp_path):
    """Its program stands in another place here."""
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text("utf-8").replace("/opt/inkdigits/bin/inkdigits", sys.executable), "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", copy], check=False, capture_output=True, text=True)
    assert done.returncode == 0 and UNIT.name not in done.stderr, done.stderr
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=25", copy],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]  # the exposure that systemd reckons, 2.5 of 10 at most
