"""`python -m sandbox`: read the command line, open the state, serve until told to stop.

Secrets may come as SANDBOX_… variables instead: a command line is seen by everybody on the machine.
"""

from __future__ import annotations

import argparse
import os
import signal
import sqlite3
import sys
import threading
from pathlib import Path

from sandbox.app import Sandbox
from sandbox.core.server import LoopbackServer
from sandbox.rooms.house import Door


def _arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="sandbox", description="A loopback stand-in for the payment gateways."
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="a loopback address (the default is 127.0.0.1)"
    )
    parser.add_argument(
        "--in-container",
        action="store_true",
        help="listen on every address: for a container whose port is published on loopback",
    )
    parser.add_argument(
        "--port", type=int, default=8001, help="0 takes a free one, which the first line names"
    )
    parser.add_argument("--state", type=Path, required=True, help="folder of the durable state")
    parser.add_argument("--webhook-url", help="where Stripe's webhooks go")
    parser.add_argument(
        "--webhook-secret",
        default=os.environ.get("SANDBOX_WEBHOOK_SECRET"),
        help="whsec_…; without it one is made and shown",
    )
    parser.add_argument("--paypal-webhook-url", help="where PayPal's webhooks go")
    parser.add_argument(
        "--paypal-webhook-id", help="the identifier they are signed for (WHCOMMANDLINE0001)"
    )
    parser.add_argument("--jitsi-app-id", help="the `iss` of passes into the video rooms")
    parser.add_argument(
        "--jitsi-app-secret",
        default=os.environ.get("SANDBOX_JITSI_APP_SECRET"),
        help="what signs them; without it there are no rooms",
    )
    parser.add_argument("--jitsi-webhook-url", help="where reports of who comes and goes are sent")
    parser.add_argument(
        "--jitsi-webhook-secret",
        default=os.environ.get("SANDBOX_JITSI_WEBHOOK_SECRET"),
        help="what signs those",
    )
    parser.add_argument("--seed", type=int, help="repeatable identifiers and faults")
    return parser.parse_args(given)


def _door(arguments: argparse.Namespace) -> Door | None:
    """Return how the rooms check passes and report; None for a stand-in without rooms."""
    if not arguments.jitsi_app_secret:
        return None
    return Door(
        app_id=arguments.jitsi_app_id or "",
        app_secret=arguments.jitsi_app_secret,
        webhook_url=arguments.jitsi_webhook_url or "",
        webhook_secret=arguments.jitsi_webhook_secret or "",
    )


def main(given: list[str] | None = None) -> int:
    """Serve; return the exit status."""
    arguments = _arguments(given)
    try:
        sandbox = Sandbox(state=arguments.state, seed=arguments.seed)
    except (OSError, sqlite3.Error) as problem:
        print(f"sandbox: cannot open the state in {arguments.state}: {problem}", file=sys.stderr)
        return 1
    try:
        server = LoopbackServer(
            "0.0.0.0" if arguments.in_container else arguments.host,  # noqa: S104 - asked for
            arguments.port,
            sandbox.handle,
            anywhere=arguments.in_container,
        )
    except (OSError, ValueError) as problem:
        print(
            f"sandbox: cannot listen on {arguments.host}:{arguments.port}: {problem}",
            file=sys.stderr,
        )
        return 1
    host, port = server.server_address[:2]
    if arguments.in_container:
        host = arguments.host  # the name under which the browser and the product reach it
    shown = f"[{host!s}]" if ":" in str(host) else str(host)
    secret = sandbox.start(
        base_url=f"http://{shown}:{port}",
        webhook_url=arguments.webhook_url,
        webhook_secret=arguments.webhook_secret,
        paypal_webhook_url=arguments.paypal_webhook_url,
        paypal_webhook_id=arguments.paypal_webhook_id,
        door=_door(arguments),
    )
    print(f"sandbox: http://{shown}:{port} state={arguments.state}", flush=True)
    if secret and not arguments.webhook_secret:
        print(f"sandbox: webhook secret {secret}", flush=True)

    def stop(number: int, frame: object) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.serve_forever(poll_interval=0.2)
    server.server_close()
    sandbox.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
