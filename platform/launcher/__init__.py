"""Brings the product up on one machine: environment, database, processes.

Standard library only, and ignorant of Django: it runs before the virtual environment exists and
while the product's own code may be broken.
"""
