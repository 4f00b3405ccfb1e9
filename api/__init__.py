"""The public API: translates HTTP to one domain call and back; holds no rule of its own."""
