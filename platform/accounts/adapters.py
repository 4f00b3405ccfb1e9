"""Bend allauth to our user: a name and no username."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's hooks; the API's own flows live in `accounts.operations`."""
