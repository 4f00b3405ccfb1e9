"""Django's name for the embedded database: PostgreSQL, started when somebody first connects."""
