"""A served product that does, when it is asked to, what staff and people do.

A test's own writes would be those of another process. These are a web process's: whoever asked is
answered once all is committed. With UNPURGED=1 nothing that is written is told to the others, and
nobody looks for it: the negative control.
"""
