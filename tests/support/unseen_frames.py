"""Without a terminal Textual draws every frame and throws it away: half of what a test of the screen costs."""

from __future__ import annotations

from typing import Any

import pytest
from textual._compositor import Compositor


def skip_unseen_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    """No frame is drawn but a whole one."""
    draw = Compositor.render_update

    def drawn(compositor: Compositor, full: bool = False, **named: Any) -> Any:
        if full:
            return draw(compositor, full, **named)
        compositor._dirty_regions.clear()
        return None

    monkeypatch.setattr(Compositor, "render_update", drawn)
