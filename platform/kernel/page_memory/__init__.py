"""Public pages, answered again from a process's memory while nothing that they show has changed.

`door` stands before everything else of the web process and asks no database; `answers` keeps what
was said; `watch` asks the database ten times a second whether anything has changed, and without its
word nothing is given from memory; `mark` tells the other processes of this machine of a change
before whoever made it has an answer; `changes` hears of one (docs/adr/0038-pages-from-memory.md).
"""
