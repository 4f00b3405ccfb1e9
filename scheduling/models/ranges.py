"""Expressions over PostgreSQL ranges that the constraints of this app share."""

from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField
from django.db.models import Func, IntegerField


class TsTzRange(Func):
    """`tstzrange(start, end, bounds)`."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class DateRange(Func):
    """`daterange(first, last, bounds)`."""

    function = "daterange"
    output_field = DateRangeField()


class MinutesBetween(Func):
    """`later − earlier` of two instants, in minutes; immutable, unlike adding an interval."""

    template = "(extract(epoch FROM (%(expressions)s)) / 60)"
    arg_joiner = " - "
    arity = 2
    output_field = IntegerField()
