"""Factories make valid, boring rows; a test states every value that it depends on."""
