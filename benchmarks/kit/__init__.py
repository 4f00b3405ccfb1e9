"""What the benchmarks share: measuring, a table of ratios, scratch databases, the peers' venv."""
