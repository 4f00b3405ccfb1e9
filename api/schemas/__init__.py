"""What goes in and what comes out, as explicit types; nothing here reads the database."""
