"""Runs the tools that read the API's document: `python -m launcher.contract npm run check`.

They lie in `contract/`, with packages of their own that the app does not need. It knows nothing of
what the document says.
"""

import subprocess
import sys

from launcher import node, packages
from launcher.errors import LauncherError
from launcher.options import ROOT

TOOLS = ROOT / "contract"


def main(arguments: list[str]) -> int:
    """Run npm in `contract/`, with the locked packages installed; return its exit status."""
    try:
        variables = ready()
    except LauncherError as refusal:
        print(refusal, file=sys.stderr, flush=True)
        return 1
    return subprocess.run(arguments, cwd=TOOLS, env=variables, check=False).returncode


def ready() -> dict[str, str]:
    """Have the tools installed and return the variables under which they run.

    Raises: LauncherError where they cannot be had.
    """
    variables = node.environment()
    packages.locked(TOOLS, variables, announce="Installing the linters of the API's document …")
    return variables


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
