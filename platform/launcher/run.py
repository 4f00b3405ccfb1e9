"""`make run`: the whole product on one machine, from nothing to ready, until it is told to end."""

import http.client
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from launcher import processes, programs
from launcher.children import State
from launcher.console import Console
from launcher.database import Database, ensure_running
from launcher.errors import LauncherError
from launcher.locks import Lock
from launcher.options import HOST, Options, refuse_taken_port
from launcher.supervisor import Stopped, Supervisor
from launcher.watchdog import Watchdog
from launcher.welcome import welcome

CHECK_SECONDS = 5.0
READY_SECONDS = 300
REMAINS_SECONDS = 30
SEED_COMMAND = "seed_demo"


def run(
    options: Options,
    *,
    end_with_parent: bool = False,
    with_demo: bool = True,
    with_app: bool = True,
) -> int:
    """Run the demo until Ctrl-C; return the exit status.

    `end_with_parent` ends it also when the program that started it is killed. Without the demo
    only migrations touch the data. Without the app, what was built of it before is served.

    Raises: LauncherError when it cannot be started here.
    """
    (options.data_dir / "static").mkdir(parents=True, exist_ok=True)
    lock = Lock(options.data_dir / "run.lock")
    if not lock.try_own():
        raise LauncherError(
            f"Counterfoil already runs with DATA_DIR={options.data_dir}. Stop it first, or give "
            "this run its own DATA_DIR, PORT, SANDBOX_PORT and STREAM_PORT."
        )
    console = Console()
    remains = options.data_dir / "guard.lock"
    wait_for_remains(remains, console)
    for variable, port in options.ports.items():
        refuse_taken_port(variable, port)
    if end_with_parent:
        processes.end_with_parent()
    supervisor = Supervisor(
        console=console, environment=programs.environment(options), remains=remains
    )
    supervisor.catch_signals()
    demo = Demo(options=options, console=console, supervisor=supervisor)
    try:
        demo.start(with_people=with_demo, with_app=with_app)
        demo.serve()
    except Stopped:
        console.progress("Stopping …")
    finally:
        demo.stop()
        console.progress("Stopped.")
        lock.close()
    return 0


def work(options: Options) -> int:
    """Run the job cluster alone, under its watchdog: a worker machine's only program.

    Raises: LauncherError when no DATABASE_URL says whose jobs are to be done.
    """
    if options.database_url is None:
        raise LauncherError("`launcher work` needs DATABASE_URL: the jobs lie in that database.")
    watchdog = Watchdog(url=options.database_url)
    with tempfile.TemporaryDirectory(prefix="counterfoil-") as folder:
        supervisor = Supervisor(
            console=Console(),
            environment=programs.environment(options),
            remains=Path(folder) / "guard.lock",  # not in DATA_DIR, which workers may share
        )
        supervisor.catch_signals()
        try:
            supervisor.start(programs.jobs())
            while True:
                _pause(supervisor)
                look_after_jobs(supervisor, watchdog)
        except Stopped:
            supervisor.console.progress("Stopping …")
        finally:
            supervisor.close()
    return 0


def wait_for_remains(path: Path, console: Console) -> None:
    """Wait until the guard of a run that was killed has ended what that left behind.

    Raises: LauncherError when it does not come to an end.
    """
    remains = Lock(path)
    if not remains.try_own():
        console.progress("An earlier run was killed; waiting for what is left of it to end …")
        if not remains.try_own(seconds=REMAINS_SECONDS):
            raise LauncherError(f"It does not end. `fuser {path}` names the process.")
    remains.close()


def look_after_jobs(supervisor: Supervisor, watchdog: Watchdog) -> None:
    """Restart the cluster when the queue stands still."""
    if watchdog.is_still():
        watchdog.forget()
        supervisor.restart("jobs", reason="the oldest job waits and nobody takes it")


class Demo:
    """The run's parts, in the order in which they need each other."""

    def __init__(self, *, options: Options, console: Console, supervisor: Supervisor) -> None:
        self.options = options
        self.console = console
        self.supervisor = supervisor
        self.database: Database | None = None
        self.watchdog: Watchdog | None = None

    def start(self, *, with_people: bool, with_app: bool) -> None:
        """Bring everything up and wait until the site is ready.

        The app is built meanwhile. Where that fails the rest is of use all the same: its page
        says that it is not built.
        """
        app = self.supervisor.begin(programs.app_build()) if with_app else None
        self._start_database()
        self.supervisor.start(programs.stand_in(self.options))
        self.console.progress("Preparing the data (the first time takes a few minutes) …")
        if with_people and self.options.demo_year:
            self._prepare("prepare_demo")
        else:
            self._prepare("prepare", *([SEED_COMMAND] if with_people else []))
        self.console.progress("Starting the web server …")
        self.supervisor.start(programs.web(self.options))
        self.supervisor.start(programs.stream(self.options))
        self._wait_until_ready()
        self.supervisor.start(programs.jobs())
        if app is not None and self.supervisor.await_end(app) != 0:
            self.console.progress("The app (/app) is NOT built; everything else runs.")
        self.console.progress("Ready.")
        self.console.plain(welcome(self.options))

    def serve(self) -> None:
        """Look after everything until the run is asked to end (raises Stopped)."""
        while True:
            _pause(self.supervisor)
            self._look_after_database()
            if self.watchdog and self.supervisor.children["jobs"].state is State.RUNNING:
                look_after_jobs(self.supervisor, self.watchdog)

    def stop(self) -> None:
        """Stop in reverse: nobody loses what he is working with."""
        self.supervisor.stop(["app", "prepare", "web", "stream", "jobs"])
        self.supervisor.close()
        if self.database is not None:
            self.database.stop()

    def _start_database(self) -> None:
        if self.options.database_url is not None:
            self.watchdog = Watchdog(url=self.options.database_url)
            return
        self.console.progress("Starting the database …")
        self.database = ensure_running(self.options.data_dir)
        self.watchdog = Watchdog(url=self.database.url)

    def _look_after_database(self) -> None:
        """Start it anew when it was killed together with its keeper, which usually does this."""
        if self.database is not None and not self.database.is_kept():
            self.console.progress("The database was killed; starting it again …")
            self.database.release()
            self.database = ensure_running(self.options.data_dir)

    def _prepare(self, *command: str) -> None:
        status = self.supervisor.finish(programs.manage("prepare", *command))
        if status != 0:
            raise LauncherError(f"`manage.py {command[0]}` failed; the lines above say why.")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        for name, port in {"web": self.options.port, "stream": self.options.stream_port}.items():
            self.supervisor.watch(until=_ready_or_late(port, deadline))
            if time.monotonic() > deadline:
                raise LauncherError(
                    f"http://{HOST}:{port}/readyz ({name}) did not say 200 within {READY_SECONDS} "
                    "seconds; the lines above say why."
                )


def _ready_or_late(port: int, deadline: float) -> Callable[[], bool]:
    return lambda: _is_ready(port) or time.monotonic() > deadline


def _is_ready(port: int) -> bool:
    line = http.client.HTTPConnection(HOST, port, timeout=3)
    try:
        line.request("GET", "/readyz")
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def _pause(supervisor: Supervisor) -> None:
    supervisor.watch(until=_after(CHECK_SECONDS))


def _after(seconds: float) -> Callable[[], bool]:
    moment = time.monotonic() + seconds
    return lambda: time.monotonic() >= moment
