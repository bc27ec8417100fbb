"""A webhook server as one writes it in an afternoon, beside which `ingest` is timed: FastAPI, an ORM, a transaction for each.

It checks the signature, stores the body as JSON under the order's id, and answers. Each choice is what such an author would do
and was the fastest of what was tried: uvicorn with httptools and uvloop, as FastAPI installs it; a session in a thread of the
pool (an async session costs a third more CPU, one on the event loop takes in a third as many); one upsert (`Session.merge` reads
first, and fails where a webhook is repeated at once); the pool of connections and the JSON column as they come.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import sys
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from orders_sync.db.location import is_sqlite, parse

try:
    import uvicorn
    from fastapi import FastAPI, HTTPException, Request
    from fastapi.concurrency import run_in_threadpool
except ImportError as missing:
    sys.exit(f"{missing}, which the naive server is made of: pip install -e '.[benchmarks]'")

LOCKED_S = 30
"""How long SQLite waits for its one writer: without, the second thread is told that the database is locked."""


class Base(DeclarativeBase):
    type_annotation_map = {int: BigInteger, dict[str, Any]: JSON, datetime: DateTime(timezone=True)}


class Order(Base):
    __tablename__ = "naive_orders"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    topic: Mapped[str]
    webhook_id: Mapped[str]
    body: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]


def prepare(url: str) -> None:
    """Makes its table in a database."""
    engine = _engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()


def serve(url: str, secret: str) -> None:
    """On any free port, of which it says where it is."""
    listening = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    config = uvicorn.Config(app(url, secret), log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listening])


def app(url: str, secret: str) -> FastAPI:
    engine = _engine(url)
    insert = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert

    def store(order: dict[str, Any]) -> None:
        new = insert(Order).values(order)
        newest = {name: new.excluded[name] for name in order}
        with Session(engine) as session:
            session.execute(new.on_conflict_do_update(index_elements=[Order.id], set_=newest))
            session.commit()

    async def webhook(request: Request) -> dict[str, Any]:
        raw = await request.body()
        signature = base64.b64encode(hmac.digest(secret.encode(), raw, hashlib.sha256)).decode()
        if not hmac.compare_digest(signature, request.headers.get("X-Shopify-Hmac-Sha256", "")):
            raise HTTPException(401, "Invalid Shopify HMAC signature")
        body, topic = json.loads(raw), request.headers["X-Shopify-Topic"]
        told = {"id": body["id"], "topic": topic, "webhook_id": request.headers["X-Shopify-Webhook-Id"]}
        await run_in_threadpool(store, {**told, "body": body, "received_at": datetime.now(UTC)})
        return {"ok": True, "topic": topic}

    served = FastAPI()
    served.add_api_route("/shopify/webhook", webhook, methods=["POST"])
    return served


def _engine(url: str) -> Engine:
    location = parse(url)
    if not is_sqlite(location):
        return create_engine(location)
    engine = create_engine(location, connect_args={"timeout": LOCKED_S})

    @event.listens_for(engine, "connect")
    def durable(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    return engine
