"""The product's own server with a few operations more, which are nothing but what is measured."""
