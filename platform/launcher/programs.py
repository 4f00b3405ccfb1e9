"""The programs that make up a run, and the environment they get."""

import os
import re
import sys

from launcher.children import Program
from launcher.options import HOST, ROOT, Options

# django-q2 goes on after a worker's sudden death, but the dead one may have held the queue's read
# lock, and then nobody ever gets a job again (Koed00/django-q #200). So the cluster starts anew.
SUDDEN_DEATH = re.compile(r"reincarnated .* after (sudden )?death")

# The default of STRIPE_WEBHOOK_SECRETS in config/settings/base.py; production refuses it.
DEMO_WEBHOOK_SECRET = "whsec_counterfoil_demo"  # noqa: S105
# The default of PAYPAL_WEBHOOK_IDS; production refuses it too.
DEMO_PAYPAL_WEBHOOK_ID = "WHCOMMANDLINE0001"

# The defaults of JITSI_APP_ID, JITSI_APP_SECRET and JITSI_WEBHOOK_SECRETS; refused there as well.
DEMO_ROOMS_APP = "counterfoil_demo"
DEMO_ROOMS_SECRET = "counterfoil_demo_secret_of_the_rooms"  # noqa: S105
DEMO_ROOMS_WEBHOOK_SECRET = "counterfoil_demo_rooms_webhooks"  # noqa: S105


def environment(options: Options) -> dict[str, str]:
    """Return the variables of every program: ours beside all that we were given ourselves."""
    path = [str(ROOT), str(ROOT / "platform"), os.environ.get("PYTHONPATH", "")]
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        **os.environ,
        "DATA_DIR": str(options.data_dir),
        "PORT": str(options.port),
        "SANDBOX_PORT": str(options.sandbox_port),
        "STREAM_PORT": str(options.stream_port),
        "PYTHONPATH": os.pathsep.join(part for part in path if part),
        "PYTHONUNBUFFERED": "1",
    }


def manage(name: str, *arguments: str) -> Program:
    return Program(name=name, command=[sys.executable, str(ROOT / "manage.py"), *arguments])


def stand_in(options: Options) -> Program:
    command = [sys.executable, "-m", "sandbox", "--host", HOST]
    command += ["--port", str(options.sandbox_port)]
    command += ["--state", str(options.data_dir / "sandbox")]
    command += ["--webhook-url", f"{options.url}/api/payments/webhook/stripe"]
    command += ["--paypal-webhook-url", f"{options.url}/api/payments/webhook/paypal"]
    command += ["--paypal-webhook-id", first_of("PAYPAL_WEBHOOK_IDS", DEMO_PAYPAL_WEBHOOK_ID)]
    secrets = {"SANDBOX_WEBHOOK_SECRET": first_of("STRIPE_WEBHOOK_SECRETS", DEMO_WEBHOOK_SECRET)}
    if not os.environ.get("JITSI_URL"):  # rooms of somebody else keep their secrets
        command += ["--jitsi-app-id", os.environ.get("JITSI_APP_ID", DEMO_ROOMS_APP)]
        command += ["--jitsi-webhook-url", f"{options.url}/api/rooms/webhook/jitsi"]
        secrets |= {
            "SANDBOX_JITSI_APP_SECRET": os.environ.get("JITSI_APP_SECRET", DEMO_ROOMS_SECRET),
            "SANDBOX_JITSI_WEBHOOK_SECRET": first_of(
                "JITSI_WEBHOOK_SECRETS", DEMO_ROOMS_WEBHOOK_SECRET
            ),
        }
    return Program(name="stand-in", command=command, secrets=secrets)


def first_of(variable: str, default: str) -> str:
    """Return the first word of a list: the product accepts all of them, the stand-in uses one."""
    return os.environ.get(variable, "").split(",")[0].strip() or default


def web(options: Options) -> Program:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi"]
    command += ["--host", HOST, "--port", str(options.port)]
    command += ["--workers", str(options.web_workers)]
    command += ["--blocking-threads", str(options.web_threads)]
    command += ["--respawn-failed-workers", "--respawn-interval", "0.5"]
    command += ["--workers-kill-timeout", "10", "--log-level", "warning"]
    return Program(name="web", command=[*command, "config.wsgi:application"])


def stream(options: Options) -> Program:
    """Return the process that pushes messages: one worker, because all streams share a LISTEN."""
    command = [sys.executable, "-m", "granian", "--interface", "asgi"]
    command += ["--host", HOST, "--port", str(options.stream_port), "--workers", "1"]
    command += ["--respawn-failed-workers", "--respawn-interval", "0.5"]
    command += ["--workers-kill-timeout", "5", "--log-level", "warning"]
    return Program(name="stream", command=[*command, "messaging.stream.application:application"])


def app_build() -> Program:
    return Program(name="app", command=[sys.executable, "-m", "launcher.frontend"])


def jobs() -> Program:
    command = [sys.executable, str(ROOT / "manage.py"), "qcluster"]
    return Program(name="jobs", command=command, sick=SUDDEN_DEATH)
