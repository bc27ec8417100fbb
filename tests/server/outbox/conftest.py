"""A desk, and a relay to receivers that do as a test tells them."""

from __future__ import annotations

from tests.server.actions.conftest import desk, light_desk

__all__ = ["desk", "light_desk"]
