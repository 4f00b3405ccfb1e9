"""Content, curation, directory and the staff's screens. Reads billing through its queries."""
