"""A nats-server with JetStream that tests may stop, kill, freeze and start again on the same store."""

from __future__ import annotations

import os
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from deploy.binaries import require_nats_server
from tests.servers.engines import Container, Engine, LocalProcess, containers_wanted, wait_until
from tests.servers.ports import free_port

IMAGE = os.environ.get("AARRING_NATS_IMAGE", "nats:2.11-alpine")

CONFIG = """\
server_name: test-{port}
host: 127.0.0.1
port: {port}
jetstream {{
  store_dir: "{store}"
  max_memory_store: 256MB
  max_file_store: 2GB
  {sync}
}}
{more}
"""


class NatsServer:
    """One server with its store in `folder`; as a container it keeps the store inside and takes no `config`.

    A given `program` runs on this machine, whatever else does; `always` on disk before it is acknowledged is how
    production has it, and what the oldest server cannot.
    """

    def __init__(self, folder: Path, *, config: str = "", program: Path | None = None, always: bool = False) -> None:
        self._port = free_port()
        sync = "sync_interval: always" if always else ""
        if program is None and containers_wanted():
            self._engine: Engine = self._container()
        else:
            self._engine = self._local(folder, program or require_nats_server(), sync, config)

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self._port}"

    def start(self) -> Self:
        self._engine.start()
        wait_until(self._answers, self._engine, "nats-server")
        return self

    def stop(self) -> None:
        """Let it end in order."""
        self._engine.stop()

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self._engine.kill()

    def pause(self) -> None:
        """Freeze it: connections stay, nothing answers."""
        self._engine.pause()

    def resume(self) -> None:
        self._engine.resume()

    def restart(self) -> None:
        """Run it again on the same store and port, stopping it first if it runs."""
        if self._engine.is_running():
            self._engine.stop()
        self.start()

    def __enter__(self) -> Self:
        with ExitStack() as unless_it_starts:
            unless_it_starts.callback(self.__exit__)
            self.start()
            unless_it_starts.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.discard()

    def _local(self, folder: Path, program: Path, sync: str, config: str) -> Engine:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "nats.conf"
        file.write_text(CONFIG.format(port=self._port, store=folder / "store", sync=sync, more=config))
        return LocalProcess([str(program), "--config", str(file)], folder)

    def _container(self) -> Engine:
        return Container(IMAGE, "--jetstream --store_dir /data", (4222, self._port), {})

    def _answers(self) -> bool:
        """It greets with what it is; the greeting comes after JetStream is ready."""
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=1) as connection:
                return connection.recv(5) == b"INFO "
        except OSError:
            return False
