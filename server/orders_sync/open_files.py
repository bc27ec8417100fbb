"""How many files a process may have open. Every stream is one, and systems start programs with a limit that a shift outgrows."""

from __future__ import annotations

import resource

import structlog

log = structlog.get_logger(__name__)

WANTED = 65_536
FEW = 6_000
"""Fewer than this do not hold 5,000 streams beside the database's and the webhooks' own connections."""


def raise_limit(wanted: int = WANTED) -> int:
    """Raises the soft limit towards `wanted`, as far as the user may; returns it. What is few afterwards is logged."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    target = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if target > soft:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (target, hard))
            soft = target
        except (OSError, ValueError) as error:
            log.warning("the limit of open files cannot be raised", limit=soft, wanted=target, error=str(error))
            return soft
    if soft < FEW:
        log.warning("few open files are allowed: each client takes one; raise the hard limit (LimitNOFILE)", limit=soft)
    return soft
