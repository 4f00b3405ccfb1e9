"""Every operation × fourteen roles × own, other's and missing: `table.py` says what is answered."""
