"""A mentor's page by Wagtail alone, as its own documentation has one build it; nothing cached.

Page types with fields and an inline list, a menu of the root's children, what is said of the site
as a site setting. Its tables stand in a schema of their own beside the product's.
"""
