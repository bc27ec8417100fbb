"""The container image: built from a wheel, run as nobody on a read-only system. Skipped where no container engine answers."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]


def run(*command: str | Path) -> str:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def engine() -> str:
    for name in ("docker", "podman"):
        answers = (
            shutil.which(name) and subprocess.run([name, "info"], capture_output=True, check=False).returncode == 0
        )
        if answers:
            return name
    pytest.skip("no container engine answers")


@pytest.fixture(scope="module")
def image(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    context = tmp_path_factory.mktemp("context")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", context / "dist", ROOT)
    shutil.copytree(ROOT / "deploy", context / "deploy")
    shutil.copy(ROOT / ".dockerignore", context)
    name = run(engine, "build", "--quiet", "--file", context / "deploy/Dockerfile", context)
    yield name
    run(engine, "rmi", "--force", name)


def test_the_image_serves_as_nobody_on_a_read_only_system(engine: str, image: str, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.toml"
    tokens.write_text(f'[[token]]\nname = "ana"\nrole = "lead"\nsha256 = "{"0" * 64}"\n')
    tokens.chmod(0o644)
    options = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--publish", "127.0.0.1::8765"]
    mounted = ["--volume", f"{tokens}:/run/tokens.toml:ro", "--env", "ORDERS_SYNC_TOKENS_FILE=/run/tokens.toml"]
    container = run(engine, "run", "--detach", *options, *mounted, image)
    try:
        address = run(engine, "port", container, "8765").splitlines()[0]
        assert answers(f"http://{address}/health/ready")
        assert run(engine, "exec", container, "id", "-u") == "65534"
    finally:
        run(engine, "rm", "--force", "--volumes", container)


def answers(url: str) -> bool:
    """True once the address answers 200; asked for half a minute."""
    for _ in range(60):
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            time.sleep(0.5)
    return False
