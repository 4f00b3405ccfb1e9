"""`python -m launcher.probe URL`: exit 0 when a server answers, for images without curl.

`http://…` must answer 200; `tcp://host:port` must accept a connection. In production Django
refuses every Host header but those of ALLOWED_HOSTS, so the probe calls itself by the first.
"""

import http.client
import os
import socket
import sys
from urllib.parse import urlsplit

PATIENCE_SECONDS = 4


def answers(url: str) -> bool:
    address = urlsplit(url)
    host, port = address.hostname or "127.0.0.1", address.port or 80
    try:
        if address.scheme == "tcp":
            socket.create_connection((host, port), timeout=PATIENCE_SECONDS).close()
            return True
        line = http.client.HTTPConnection(host, port, timeout=PATIENCE_SECONDS)
        name = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
        line.request("GET", address.path or "/", headers={"Host": name or "localhost"})
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False


if __name__ == "__main__":
    sys.exit(0 if answers(sys.argv[1]) else 1)
