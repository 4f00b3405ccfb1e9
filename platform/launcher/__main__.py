"""`python -m launcher run | work`: the product on one machine, or one worker of it."""

import argparse
import sys

from launcher import options
from launcher.errors import LauncherError
from launcher.run import run, work


def main() -> int:
    parser = argparse.ArgumentParser(prog="launcher", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("run", help="database, demo data, web, stream, jobs, stand-in")
    demo.add_argument(
        "--end-with-parent", action="store_true", help="end when the starting program is killed"
    )
    demo.add_argument("--no-demo", action="store_true", help="leave the database as it is")
    demo.add_argument("--no-app", action="store_true", help="do not build the app in frontend/")
    commands.add_parser("work", help="the job cluster and its watchdog, for a machine of its own")
    arguments = parser.parse_args()
    try:
        if arguments.command == "work":
            return work(options.read())
        return run(
            options.read(),
            end_with_parent=arguments.end_with_parent,
            with_demo=not arguments.no_demo,
            with_app=not arguments.no_app,
        )
    except LauncherError as refusal:
        print(f"\n{refusal}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
