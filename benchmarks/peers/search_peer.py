"""Limits of job B in a process of their own: a numpy inverted index, and tantivy.

Reads a market and its questions (JSON, one line), then answers `["time", name, seconds]` and
`["say", name]`. Both are handed everything in memory: words as they were meant for numpy (it
repairs nothing), as they were typed for tantivy (fuzzy, one slip). Knows no database.
"""

import json
import sys
import time
from collections import defaultdict
from typing import Any

import numpy as np
import tantivy


class Inverted:
    """Postings by word; filters are arrays; the best twenty by one key."""

    def __init__(self, people: list[dict[str, Any]]) -> None:
        self.slugs = [one["slug"] for one in people]
        self.price = np.array([one["price"] for one in people])
        self.rating = np.array([one["rating"] for one in people])
        self.free = np.array([one["free"] for one in people])
        places = sorted({one["place"] for one in people})
        self.place_of = {place: at for at, place in enumerate(places)}
        self.place = np.array([self.place_of[one["place"]] for one in people])
        best = sorted(range(len(people)), key=lambda at: (-people[at]["score"], people[at]["slug"]))
        order = np.array(best)
        self.rank = np.empty(len(people), dtype=np.int64)
        self.rank[order] = np.arange(len(people))
        postings: dict[str, dict[int, int]] = defaultdict(dict)
        for at, one in enumerate(people):
            for worth, field in zip((1, 2, 4, 8), one["fields"], strict=True):
                for word in field:
                    postings[word][at] = worth
        self.postings = {
            word: (np.fromiter(found, dtype=np.int64), np.fromiter(found.values(), dtype=np.int64))
            for word, found in postings.items()
        }

    def ask(self, asked: dict[str, Any]) -> list[str]:
        ids, worth = self.postings[asked["meant"][0]]
        for word in asked["meant"][1:]:
            other, more = self.postings[word]
            ids, mine, theirs = np.intersect1d(ids, other, assume_unique=True, return_indices=True)
            worth = worth[mine] + more[theirs]
        keep = self.free[ids] & (self.price[ids] <= asked["price_max"])
        if asked["rating_min"] is not None:
            keep &= self.rating[ids] >= asked["rating_min"]
        if asked["place"]:
            keep &= self.place[ids] == self.place_of[asked["place"]]
        ids, worth = ids[keep], worth[keep]
        key = self.rank[ids] - worth * (len(self.slugs) + 1)
        if len(key) > 20:
            best = np.argpartition(key, 20)[:20]
            ids, key = ids[best], key[best]
        return [self.slugs[at] for at in ids[np.argsort(key)]]


class Tantivy:
    """An index in memory; its own scores, so its twenty are not held to be the right ones."""

    def __init__(self, people: list[dict[str, Any]]) -> None:
        schema = tantivy.SchemaBuilder()
        for name in ("bio", "subjects", "headline", "name"):
            schema.add_text_field(name)
        schema.add_text_field("slug", stored=True, tokenizer_name="raw")
        schema.add_text_field("place", tokenizer_name="raw")
        schema.add_integer_field("price", indexed=True, fast=True)
        schema.add_float_field("rating", indexed=True, fast=True)
        schema.add_boolean_field("free", indexed=True, fast=True)
        self.index = tantivy.Index(schema.build())
        writer = self.index.writer(128_000_000, 1)
        for one in people:
            fields = zip(("bio", "subjects", "headline", "name"), one["fields"], strict=True)
            words = {name: " ".join(field) for name, field in fields}
            kept = {name: one[name] for name in ("slug", "place", "price", "rating", "free")}
            writer.add_document(tantivy.Document(**words, **kept))
        writer.commit()
        self.index.reload()
        self.searcher = self.index.searcher()

    def ask(self, asked: dict[str, Any]) -> list[str]:
        words = " AND ".join(asked["typed"])
        text = f"({words}) AND free:true AND price:[0 TO {asked['price_max']}]"
        if asked["rating_min"] is not None:
            text += f" AND rating:[{asked['rating_min']} TO 5.0]"
        if asked["place"]:
            text += f' AND place:"{asked["place"]}"'
        fields = ["name", "headline", "subjects", "bio"]
        query = self.index.parse_query(
            text, fields, {"name": 8.0, "headline": 4.0, "subjects": 2.0},
            dict.fromkeys(fields, (False, 1, True)),
        )  # fmt: skip
        return [
            self.searcher.doc(address)["slug"][0]
            for _, address in self.searcher.search(query, 20).hits
        ]


def main() -> None:
    people, questions = json.loads(sys.stdin.readline())
    engines = {"numpy inverted index (limit)": Inverted(people), "tantivy (limit)": Tantivy(people)}
    print(json.dumps(list(engines)), flush=True)
    for line in sys.stdin:
        name = json.loads(line)
        engine = engines[name]
        said, took, cpu = [], [], time.process_time()
        for asked in questions:
            began = time.perf_counter()
            said.append(engine.ask(asked))
            took.append(1e3 * (time.perf_counter() - began))
        print(json.dumps([said, took, 1e3 * (time.process_time() - cpu) / len(took)]), flush=True)


if __name__ == "__main__":
    main()
