"""The composition root: settings, URLs and server entry points. Nothing imports it."""
