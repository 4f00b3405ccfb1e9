"""Runs the whole product as a person does, for tests that hurt it and look at what is left."""

import http.client
import subprocess
import sys
import threading
from pathlib import Path

from launcher.processes import working_in
from tests.launcher.processes_of import ROOT, Marked, wait_for
from tests.ports import free_port


class Run:
    """A run of the product without demo data, in a folder and on ports of its own."""

    def __init__(self, data_dir: Path, *, ports: tuple[int, int, int] | None = None) -> None:
        self.marked = Marked()
        self.data_dir = data_dir
        self.ports = ports or (free_port(), free_port(), free_port())
        self.port = self.ports[0]
        self.variables = {
            "DATA_DIR": str(data_dir),
            "PORT": str(self.ports[0]),
            "SANDBOX_PORT": str(self.ports[1]),
            "STREAM_PORT": str(self.ports[2]),
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        }
        environment = self.marked.environment(**self.variables)
        environment.pop("DATABASE_URL", None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "launcher", "run", "--no-demo", "--no-app"],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self.said: list[str] = []
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            self.said.extend(lines)

    def is_up(self) -> bool:
        """Tell whether the run has said that everything is started."""
        assert self.process.poll() is None, self.text
        return "Counterfoil is ready." in self.text

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.text
        return self.status("/readyz") == 200

    def is_streaming(self) -> bool:
        return self.status("/readyz", port=self.ports[2]) == 200

    def status(self, path: str, *, port: int | None = None) -> int:
        line = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=5)
        try:
            line.request("GET", path)
            return line.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            line.close()

    def pid_of(self, words: str) -> int:
        """The eldest process whose command line has these words; 0 if there is none."""
        found = [pid for pid, command in self.marked.alive().items() if words in command]
        return min(found, default=0)

    def manage(self, *arguments: str) -> str:
        environment = self.marked.environment(**self.variables)
        environment.pop("DATABASE_URL", None)
        return subprocess.check_output(
            [sys.executable, "manage.py", *arguments], env=environment, cwd=ROOT, text=True
        )

    @property
    def text(self) -> str:
        return "".join(self.said)

    @property
    def data(self) -> Path:
        return (self.data_dir / "postgres").resolve() / "data"

    def leftovers(self) -> dict[int, str]:
        servers = dict.fromkeys(working_in(self.data, name="postgres"), "postgres")
        return self.marked.alive() | servers

    def close(self) -> None:
        self.marked.kill_all()
        self.process.wait()
        self._listener.join()
        wait_for(lambda: not self.leftovers(), seconds=20, what="the end of the database")
