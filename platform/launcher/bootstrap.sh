#!/bin/sh
# Run bootstrap.py with any Python that works: a pyenv shim may be on the path and still exit 127
# for a version that is not installed.
here=$(dirname "$0")
for python in python3.13 python3.12 python3.14 python3 /usr/bin/python3 python3.11 python3.10 python3.9 python; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then
        exec "$python" "$here/bootstrap.py" "$@"
    fi
done
echo "No working Python 3.8 or newer was found. Install python3 (3.12 or newer is best) and try again." >&2
exit 1
