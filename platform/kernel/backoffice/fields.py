"""A field for an amount of money: people type `40.75`, the rules get 4075 minor units.

Knows the currency that is meant, and refuses another one by name instead of converting.
"""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from kernel.backoffice.exports import decimal_amount
from kernel.display import SYMBOLS, money_text
from kernel.money import exponent

_ATTRIBUTES = {"inputmode": "decimal", "autocomplete": "off"}
_NUMBER = re.compile(r"\d{1,12}(\.\d+)?")


class MoneyField(forms.CharField):
    """An amount of one currency, in minor units; `most_minor` is the largest that can be meant."""

    def __init__(self, *, currency: str, most_minor: int | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs=_ATTRIBUTES))
        super().__init__(max_length=30, **kwargs)
        self.currency = currency
        self.most_minor = most_minor

    def prepare_value(self, value: Any) -> Any:
        """Show minor units as people write them."""
        return str(decimal_amount(value, self.currency)) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        text = str(super().to_python(self.prepare_value(value)) or "").strip().upper()
        if not text:
            return None
        for known in (self.currency, SYMBOLS.get(self.currency, self.currency)):
            text = text.removeprefix(known).removesuffix(known).strip()
        if not _NUMBER.fullmatch(text.replace(",", "")):
            raise ValidationError(
                f"Write an amount in {self.currency}, such as {self._example()}.", code="invalid"
            )
        exact = Decimal(text.replace(",", "")).scaleb(exponent(self.currency))
        minor = int(exact)
        if minor != exact:
            raise ValidationError(
                f"{self.currency} has {exponent(self.currency) or 'no'} decimals.", code="decimals"
            )
        return minor

    def validate(self, value: Any) -> None:
        super().validate("" if value is None else str(value))
        if value is None:
            return
        if value == 0:
            raise ValidationError("Write more than zero.", code="zero")
        if self.most_minor is not None and value > self.most_minor:
            most = money_text(self.most_minor, self.currency)
            raise ValidationError(f"At most {most} can be given.", code="too_much")

    def run_validators(self, value: Any) -> None:
        """Those of text are not meant: the value is a number by now."""

    def _example(self) -> str:
        digits = exponent(self.currency)
        return f"{Decimal(4075).scaleb(-digits)}" if digits else "4075"
