"""How the single-page app reaches the browser: its host page, its files, its content policy."""
