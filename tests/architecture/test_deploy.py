"""What `deploy/` promises: nothing secret in an image, everything pinned, a unit that may do little."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def pinned() -> dict[str, Version]:
    lines = [line for line in (DEPLOY / "constraints.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    return {_name(name): Version(version) for name, _, version in (line.partition("==") for line in lines)}


def _name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def test_every_dependency_of_the_image_is_pinned_within_its_bounds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    versions = pinned()
    for text in (*project["dependencies"], *project["optional-dependencies"]["postgres"]):
        wanted = Requirement(text)
        assert versions[_name(wanted.name)] in wanted.specifier, text


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml"])
def test_images_are_pinned_by_release(name: str) -> None:
    text = (DEPLOY / name).read_text("utf-8")
    images = re.findall(r"^(?:FROM|\s*image:)\s+(\S+)", text, re.MULTILINE)
    assert images
    assert [image for image in images if not re.search(r":\d+\.\d+", image)] == []


def test_a_layer_holds_what_is_named_and_nothing_else() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert next(line for line in ignored if not line.startswith("#")) == "*"
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    assert {name for line in copied for name in line.split()} == let_in
    assert not re.search(r"(SECRET|TOKEN|PASSWORD): [^$\s]", (DEPLOY / "compose.yaml").read_text("utf-8"))


@pytest.mark.parametrize(
    "line",
    ["UMask=0077", "CapabilityBoundingSet=", "NoNewPrivileges=yes", "SystemCallFilter=@system-service", "MemoryMax=2G"],
)
def test_the_unit_may_do_little(line: str) -> None:
    assert line in (DEPLOY / "orders-desk@.service").read_text("utf-8").splitlines()


def workflows() -> dict[str, dict[str, Any]]:
    """By file name. YAML reads the key `on` as true."""
    return {path.name: yaml.safe_load(path.read_text("utf-8")) for path in (ROOT / ".github/workflows").glob("*.yml")}


def test_workflows_may_do_little() -> None:
    for name, workflow in workflows().items():
        assert workflow["permissions"] == {"contents": "read"}, name
        for job in workflow["jobs"].values():
            steps = job.get("steps", [])
            assert "timeout-minutes" in job or "uses" in job
            assert all("@" in step["uses"] for step in steps if "uses" in step)
            checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
            assert all(step["with"] == {"persist-credentials": False} for step in checkouts)


def test_a_release_is_published_by_trust_and_after_the_tests() -> None:
    jobs = workflows()["release.yml"]["jobs"]
    publish = jobs["publish"]
    assert publish["permissions"] == {"id-token": "write"}
    assert publish["environment"]["name"] == "pypi"
    assert not any("password" in step.get("with", {}) for step in publish["steps"])
    assert {name: job.get("needs") for name, job in jobs.items()} == {
        "tests": None, "build": "tests", "publish": "build", "image": "build", "pages": "build",
    }  # fmt: skip


def test_a_change_is_judged_by_what_ci_run_runs() -> None:
    runs = [step["run"] for job in workflows()["test.yml"]["jobs"].values() for step in job["steps"] if "run" in step]
    judged = re.findall(r"^(?:ORDERS_\S+ )*(pytest|ruff|mypy|lint-imports|deptry|mkdocs)\b(.*?)(?: 2>&1.*| \|\| .*)?$",
                        (ROOT / ".ci/run").read_text("utf-8"), re.MULTILINE)  # fmt: skip
    assert {f"{program}{rest}".strip() for program, rest in judged} <= {run.strip() for run in runs}


def test_the_image_runs_as_nobody() -> None:
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert re.findall(r"^USER (.+)$", text, re.MULTILINE) == ["65534:65534"]
    assert "COPY src" not in text
