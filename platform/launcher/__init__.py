"""The embedded database and the supervisor of `make run`; standard library only."""
