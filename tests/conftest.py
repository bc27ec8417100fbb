"""Fixtures that every test may use."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
"""A law holds however busy the machine is."""


sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
"""Without bytecode every worker would compile every test, and each of a hundred processes that tests start the whole program."""


os.environ.setdefault("TEXTUAL_FPS", "240")
"""As in the client: what waits for a frame waits for 4 ms."""


IN_MEMORY = Path("/dev/shm")
if "TMPDIR" not in os.environ and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > 2**31:
    os.environ["TMPDIR"] = str(IN_MEMORY)
    tempfile.tempdir = None
"""Thousands of databases are made and dropped: where the machine has a file system in memory, no disk is waited for."""


def pytest_collection_finish() -> None:
    """What is loaded now stays, and need not be looked at again: without this a sixth of the suite's time is spent doing so."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The payloads, recordings and schema kept beside the project; skips where they are missing.

    With `ORDERS_REQUIRE_SHARED=1` their absence is a failure.
    """
    path = ROOT.parent / "shared"
    if not path.is_dir():
        reason = f"needs the payloads kept beside the project ({path.name}/ next to it), which are not here"
        if os.environ.get("ORDERS_REQUIRE_SHARED") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return path
