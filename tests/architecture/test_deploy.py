"""What `deploy/` promises: nothing secret in an image, everything pinned, a unit that may do little."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
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
