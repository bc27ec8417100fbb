"""nginx with nchan, where Debian's `libnginx-mod-nchan` is installed: another server that sends one event to many streams."""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.benchmarks.fanout_servers import PATH

MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")

_CONFIGURATION = """
load_module {module};
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid {folder}/pid;
error_log {folder}/errors;
events {{ worker_connections 18000; }}
http {{
    access_log off;
    client_body_temp_path {folder}/bodies;
    server {{
        listen 127.0.0.1:{port} backlog=8192;
        location = {path} {{ nchan_subscriber eventsource; nchan_channel_id desk; }}
        location = /publish {{ nchan_publisher; nchan_channel_id desk; nchan_message_buffer_length 2; }}
    }}
}}
"""


def is_installed() -> bool:
    return shutil.which("nginx") is not None and MODULE.exists()


@asynccontextmanager
async def nchan() -> AsyncIterator[int]:
    """Runs it; its port."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        command = ("nginx", "-p", folder, "-c", _configure(Path(folder), port))
        process = await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=DEVNULL)
        try:
            await _listening(port)
            yield port
        finally:
            process.terminate()
            await process.wait()


def _configure(folder: Path, port: int) -> str:
    folder.chmod(0o755)
    configuration = folder / "nginx.conf"
    configuration.write_text(_CONFIGURATION.format(module=MODULE, folder=folder, port=port, path=PATH))
    return str(configuration)


async def publish(port: int, data: bytes) -> None:
    """Sends one event to every stream."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /publish HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {len(data)}\r\n\r\n"
    writer.write(head.encode() + data)
    await reader.read()
    writer.close()


async def _listening(port: int) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
