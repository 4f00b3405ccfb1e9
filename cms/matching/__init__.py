"""Matching: from a goal in a client's words to mentors, each with the reasons.

`finding` is the way in. `lexical` asks PostgreSQL; `encoder` is the port to a model of meaning, an
extra, and `minilm` its adapter; `keeping` has profiles read by it, `vectors` compares them with a
goal; `fusion` weighs what was found, `reasons` says it.
"""
