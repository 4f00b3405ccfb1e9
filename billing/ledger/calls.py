"""One kind of entry and the row that calls for it; and the parts in which entries are compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

# What is compared as one: where a share lives moves on with time, what it is does not. A new
# part needs its line here; an account without one counts, by its amount, as "else".
PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "1010": ("1010",),
        "1100": ("1100",),
        "mentor": ("2110", "2120"),
        "commission": ("2200", "4010", "4090"),
        "4020": ("4020",),
        "2300": ("2300",),
        "5010": ("5010",),
        "2140": ("2140",),
        "2130": ("2130",),
        "2150": ("2150",),
        "1130": ("1130",),
        "1120": ("1120",),
        "1900": ("1900",),
        "5050": ("5050",),
        "5020": ("5020",),
        "5030": ("5030",),
        "5040": ("5040",),
        "5100": ("5100",),
        "5110": ("5110",),
        "5120": ("5120",),
        "5130": ("5130",),
        "5190": ("5190",),
        "5060": ("5060",),
        "5070": ("5070",),
        "2500": ("2500",),
        "2600": ("2600",),
        "4030": ("4030",),
        "6000": ("6000",),
    }
)


@dataclass(frozen=True, slots=True)
class Call:
    """One kind of entry: the rows that call for it, and what it moves in each part (SQL).

    `at` is NULL where the entry is dated by something that the row does not keep.
    """

    source: str
    kind: str
    rows: str
    id: str = "id::text"
    purchase: str = "purchase_id"
    at: str = "NULL"
    parts: Mapping[str, str] = field(default_factory=dict)

    def sql(self) -> str:
        moved = ", ".join(f"({self.parts.get(part, '0')})::bigint" for part in PARTS)
        return (
            f"SELECT '{self.source}', {self.id}, '{self.kind}', ({self.purchase})::uuid, "  # noqa: S608 - constants
            f"({self.at})::timestamptz, {moved} FROM {self.rows}"
        )
