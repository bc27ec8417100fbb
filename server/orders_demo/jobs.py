"""What the shop does some time after it was asked for it. Who asks gets a job, which tells only whether it has ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

Deed = Callable[[], None]


@dataclass(slots=True)
class Job:
    """`subject`: the gid of what it is about."""

    id: str
    subject: str
    due: datetime
    deed: Deed
    done: bool = False


@dataclass(slots=True)
class Jobs:
    """`after_s`: how long each takes to begin; `fruitless`: so many of the next end without having done anything."""

    after_s: float = 0.0
    fruitless: int = 0
    known: dict[str, Job] = field(default_factory=dict)

    def begin(self, subject: str, at: datetime, deed: Deed) -> Job:
        """One more, which does this."""
        name = f"gid://shopify/Job/{UUID(int=len(self.known) + 1, version=4)}"
        job = self.known[name] = Job(name, subject, at + timedelta(seconds=self.after_s), deed)
        return job

    def under_way(self, subject: str) -> bool:
        """Whether one that is about this has not ended."""
        return any(job.subject == subject and not job.done for job in self.known.values())

    def run(self, now: datetime) -> None:
        """Do what is due."""
        for job in [job for job in self.known.values() if not job.done and job.due <= now]:
            job.done = True
            if self.fruitless:
                self.fruitless -= 1
            else:
                job.deed()
