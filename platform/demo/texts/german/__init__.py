"""What the demo's German pages say: each is a translation of one of the English, by its address."""
