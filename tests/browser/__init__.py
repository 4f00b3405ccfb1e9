"""The product in a real browser: whole journeys, at phone and desk width, in both themes."""
