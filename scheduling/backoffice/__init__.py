"""The staff's screens of reviews and of what is reported of them."""
