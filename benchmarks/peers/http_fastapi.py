"""FastAPI + orjson + asyncpg, and beneath it the limit: granian's own RSGI, JSON by PostgreSQL.

Environment: BENCH_DSN, POOL (connections of each worker), PUBLIC_KEY (PEM of Ed25519).
"""

import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any

import asyncpg
import jwt
import orjson
from cards import JSON, ROWS, values
from fastapi import Depends, FastAPI, Header, HTTPException, Response

KEY = os.environ["PUBLIC_KEY"]
LIVES = """
SELECT u.id, u.name FROM bench.sign_in AS s JOIN bench.person AS u ON u.id = s.person
WHERE s.id = $1 AND s.person = $2 AND s.ended_at IS NULL AND s.expires_at > $3
  AND s.version = $4 AND u.version = $4 AND u.active
"""
pools: list[Any] = []


async def connect() -> Any:
    size = int(os.environ["POOL"])
    # Every statement is prepared; nothing is set in a session, so nothing has to be reset.
    return await asyncpg.create_pool(
        os.environ["BENCH_DSN"], min_size=size, max_size=size, reset=_nothing
    )


async def _nothing(_connection: Any) -> None:
    pass


@asynccontextmanager
async def lifespan(_app: FastAPI):
    pools.append(await connect())
    yield


app = FastAPI(lifespan=lifespan)


def read(token: str) -> dict[str, Any]:
    return jwt.decode(token, KEY, algorithms=["EdDSA"], audience="bench", issuer="bench")


remembered = lru_cache(maxsize=4096)(read)


def verified(authorization: Annotated[str, Header()], *, memo: bool) -> dict[str, Any]:
    try:
        claims = (remembered if memo else read)(authorization.removeprefix("Bearer "))
    except jwt.PyJWTError:
        raise HTTPException(401) from None
    if claims["exp"] <= datetime.now(UTC).timestamp():
        raise HTTPException(401)
    return claims


async def each_time(authorization: Annotated[str, Header()]) -> dict[str, Any]:
    return verified(authorization, memo=False)


async def by_memo(authorization: Annotated[str, Header()]) -> dict[str, Any]:
    return verified(authorization, memo=True)


async def living(claims: Annotated[dict[str, Any], Depends(by_memo)]) -> dict[str, Any]:
    now = datetime.now(UTC)
    values = (claims["sid"], claims["sub"], now, claims["sv"])
    if await pools[0].fetchrow(LIVES, *values) is None:
        raise HTTPException(401)
    return claims


def text() -> Response:
    return Response(b'{"text":"hello","secret":null}', media_type="application/json")


@app.get("/open")
async def of_anyone() -> Response:
    return text()


@app.get("/each-time", dependencies=[Depends(each_time)])
async def of_verified() -> Response:
    return text()


@app.get("/memo", dependencies=[Depends(by_memo)])
async def of_remembered() -> Response:
    return text()


@app.get("/living", dependencies=[Depends(living)])
async def of_living() -> Response:
    return text()


async def listed() -> Response:
    rows = await pools[0].fetch(ROWS)
    body = orjson.dumps({"items": [values(row) for row in rows]}, option=orjson.OPT_UTC_Z)
    return Response(body, media_type="application/json")


@app.get("/list")
async def list_of_anyone() -> Response:
    return await listed()


@app.get("/list-living", dependencies=[Depends(living)])
async def list_of_living() -> Response:
    return await listed()


class Raw:
    """granian's RSGI: nothing between the request and the query."""

    def __init__(self) -> None:
        self._pool: Any = None

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        if self._pool is None:
            self._pool = await connect()
        body = (await self._pool.fetchval(JSON)).encode()
        kind, length = ("content-type", "application/json"), ("content-length", str(len(body)))
        protocol.response_bytes(200, [kind, length], body)


raw = Raw()
