"""The demo's people, mentors and busy day, made by the product's own operations."""
