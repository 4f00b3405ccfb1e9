"""What search engines read of a page, as JSON-LD: values in, dictionaries out. Pure.

Rows are read where the page is rendered (`cms.templatetags.structured`), by the very functions that
read them for people, so that the two cannot say different things.
"""
