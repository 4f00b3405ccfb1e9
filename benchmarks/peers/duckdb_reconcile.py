"""The peer of job E: DuckDB reads the gateway's file and the books, and writes the typed breaks.

With a second argument "csv" the books are a CSV file that was ready before: less than the job asks.
"""

import sys

import duckdb
from reconciling import BREAKS, FOLDER, OURS, adbc, backend_of, telling

READY = sys.argv[2:] == ["csv"]

books = None if READY else adbc()
duck = duckdb.connect()
with telling(backend_of(books) if books else None):
    if books:
        with books.cursor() as cursor:
            cursor.execute(OURS)
            ours = cursor.fetch_arrow_table()
    else:
        duck.execute(f"CREATE VIEW ours AS FROM read_csv('{FOLDER / 'ours.csv'}', header = true)")
    duck.execute(f"CREATE VIEW theirs AS FROM read_csv('{FOLDER / 'theirs.csv'}', header = true)")
    duck.execute(f"COPY ({BREAKS}) TO '{FOLDER / 'breaks.csv'}' (HEADER false)")
if books:
    books.close()
