"""What a read gets: one snapshot of the database, to be handed on to the functions of `db`."""

from __future__ import annotations

from sqlalchemy import Connection

Reading = Connection
"""Opaque outside `db`: SQL stays here."""
