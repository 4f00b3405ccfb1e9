"""The operations, one module per subject; a route parses, makes one domain call, serialises."""
