"""Every address of the back office × every role: `table.py` says who is let in."""
