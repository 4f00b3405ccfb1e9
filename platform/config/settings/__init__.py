"""Settings, one module per place the product runs: dev (and demo), test, production."""
