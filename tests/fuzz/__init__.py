"""The whole document against any input: no 5xx, nothing undocumented, every list reads after it."""
