"""Who lives in the year: clients with their zones, mentors with their popularity. Data, pure.

The market has two circles whose people never meet across them, so that two processes can tell
the year at once and it comes out the same as told by one.
"""

from dataclasses import dataclass

from demo.mentors import TOLD, DemoMentor, crowd

CIRCLES = 2


@dataclass(frozen=True, slots=True)
class DemoClient:
    """A client of the year. `fondness` are mentors they come back to, by e-mail address."""

    email: str
    name: str
    zone: str
    circle: int
    eagerness: int = 2
    fondness: tuple[str, ...] = ()


CHLOE = DemoClient(
    email="client@example.com",
    name="Chloe Bennett",
    zone="Europe/London",
    circle=0,
    eagerness=0,  # her year and Diego's are told by hand (plan.py)
)
DIEGO = DemoClient(
    email="client2@example.com",
    name="Diego Fuentes",
    zone="America/New_York",
    circle=1,
    eagerness=0,
)

_OTHERS = (
    ("Amelia Hartley", "Europe/London", 5),
    ("Benedikt Sommer", "Europe/Berlin", 3),
    ("Candela Ruiz", "Europe/Madrid", 4),
    ("Dara Okonkwo", "Africa/Lagos", 2),
    ("Eszter Varga", "Europe/Budapest", 1),
    ("Finn Gallagher", "Europe/Dublin", 3),
    ("Grace Mwangi", "Africa/Nairobi", 3),
    ("Hiroshi Tanabe", "Asia/Tokyo", 2),
    ("Ingrid Solberg", "Europe/Oslo", 2),
    ("Jamal Whitfield", "America/Chicago", 5),
    ("Karolina Nowak", "Europe/Warsaw", 3),
    ("Liam O'Rourke", "America/Toronto", 2),
    ("Mei-Ling Chen", "Asia/Singapore", 4),
    ("Nikhil Deshpande", "Asia/Kolkata", 5),
    ("Oriane Lefebvre", "Europe/Paris", 3),
    ("Paolo Ferrante", "Europe/Rome", 2),
    ("Qiana Brooks", "America/New_York", 4),
    ("Rafael Monteiro", "America/Sao_Paulo", 3),
    ("Siobhan Keane", "Europe/Dublin", 1),
    ("Tobias Lindqvist", "Europe/Stockholm", 3),
    ("Uma Krishnan", "Asia/Kolkata", 3),
    ("Valeria Ponce", "America/Mexico_City", 2),
    ("Wesley Adjei", "Europe/London", 2),
    ("Ximena Duarte", "America/Bogota", 1),
    ("Yara Haddad", "Asia/Dubai", 3),
    ("Zoe Papadakis", "Europe/Athens", 2),
    ("Anders Kjeldsen", "Europe/Copenhagen", 2),
    ("Bianca Moretti", "Europe/Zurich", 2),
    ("Callum Fraser", "Europe/London", 4),
    ("Delphine Marchand", "Europe/Brussels", 1),
    ("Emeka Obi", "America/Los_Angeles", 5),
    ("Fatima Zahra Idrissi", "Africa/Casablanca", 2),
    ("Gideon Stern", "America/New_York", 3),
    ("Hannah Weiss", "Europe/Vienna", 3),
    ("Isla Thorne", "Pacific/Auckland", 2),
    ("Jun-ho Park", "Asia/Seoul", 2),
    ("Katarzyna Zielinska", "Europe/Warsaw", 2),
    ("Lucas van der Meer", "Europe/Amsterdam", 4),
    ("Marisol Vega", "America/Denver", 3),
    ("Noah Abernathy", "Australia/Sydney", 3),
    ("Odette Kouassi", "Africa/Abidjan", 1),
    ("Piotr Malinowski", "Europe/London", 2),
    ("Ruth Ellingham", "America/Halifax", 2),
    ("Sanjay Patel", "Europe/London", 4),
)


def mentors_of(circle: int) -> list[DemoMentor]:
    """Return the mentors of a circle, the best known first."""
    return [one for number, one in enumerate([*TOLD, *crowd()]) if number % CIRCLES == circle]


def popularity(place: int) -> int:
    """Return how often the mentor at this place of the list is sought, beside the others."""
    return max(2, 24 // (place + 1))


def clients_of(circle: int) -> list[DemoClient]:
    """Return the clients of a circle; who is eager comes back to the same few mentors."""
    known = [mentor.email for mentor in mentors_of(circle)]
    people = []
    for number, (name, zone, eagerness) in enumerate(_OTHERS):
        if number % CIRCLES != circle:
            continue
        first = (number * 7) % len(known)
        people.append(
            DemoClient(
                email=_address(name),
                name=name,
                zone=zone,
                circle=circle,
                eagerness=eagerness,
                fondness=tuple(known[(first + step * 3) % len(known)] for step in range(3)),
            )
        )
    return [*people, CHLOE if circle == 0 else DIEGO]


def _address(name: str) -> str:
    return f"{name.lower().replace(' ', '.').replace(chr(39), '')}@clients.example.com"
