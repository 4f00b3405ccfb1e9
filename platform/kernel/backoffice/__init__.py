"""What every business screen of the back office is made of: read-only, typed, formula-safe.

Money and history are written by operations alone, so these screens have no form at all. Knows
Wagtail and the kernel; each floor's `wagtail_hooks` says what its lists show.
"""
