"""What the site shows of what lies outside `docs/`: README, CONTRIBUTING, CHANGELOG, files that are linked, the OpenAPI document.

A link between pages is written as it holds in the repository; here it is turned to where the page is on the site.
"""

from __future__ import annotations

import json
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

from orders_sync.openapi.document import document

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

PAGES = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
"""Those at the top of the repository, as they are called on the site."""
OPENAPI = "openapi.json"
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#|/)(?P<path>[^)#\s]+)")
_SOURCE = re.compile(r'(?<=src=")(?![a-z]+:|/)(?P<path>[^"]+)')


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages, the OpenAPI document, and the other files that pages link to."""
    root = _root(config)
    for path, name in PAGES.items():
        files.append(File.generated(config, name, content=(root / path).read_text(encoding="utf-8")))
    files.append(File.generated(config, OPENAPI, content=json.dumps(document(), indent=1)))
    for path in sorted(_linked(root)):
        files.append(File.generated(config, path, abs_src_path=str(root / path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turns links that leave `docs/`, and those of the pages that lie outside it."""
    del files
    outside = {name: path for path, name in PAGES.items()}
    folder = PurePosixPath(outside.get(page.file.src_uri, f"docs/{page.file.src_uri}")).parent
    named = f"`GET /{OPENAPI}`"
    return _turned(markdown, _root(config), folder).replace(named, f"[{named}]({OPENAPI})")


def _turned(markdown: str, root: Path, folder: PurePosixPath) -> str:
    def turn(found: re.Match[str]) -> str:
        path = (root / folder / found["path"]).resolve().relative_to(root).as_posix()
        return PAGES.get(path, path.removeprefix("docs/"))

    return _SOURCE.sub(turn, _LINK.sub(turn, markdown))


def _linked(root: Path) -> set[str]:
    """Files outside `docs/` that a page of `docs/` links to, by their place in the repository."""
    found: set[str] = set()
    for page in (*(root / path for path in PAGES), *(root / "docs").glob("*.md")):
        for link in _LINK.findall(page.read_text(encoding="utf-8")):
            path = (page.parent / link).resolve()
            if path.is_file() and not path.is_relative_to(root / "docs") and path.is_relative_to(root):
                found.add(path.relative_to(root).as_posix())
    return found - PAGES.keys()


def _root(config: MkDocsConfig) -> Path:
    return Path(config.docs_dir).resolve().parent
