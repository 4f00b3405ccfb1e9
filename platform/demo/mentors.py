"""Who the demo's mentors are: some told in full, the rest composed. Data, the same each time."""

from collections.abc import Iterator
from dataclasses import dataclass, field

STANDARD, STRICT = "Standard", "Strict"


@dataclass(frozen=True, slots=True)
class Offered:
    """A session type: name, minutes, price in minor units, currency, cancellation policy."""

    name: str
    minutes: int
    price_minor: int
    currency: str = "USD"
    policy: str = STANDARD


@dataclass(frozen=True, slots=True)
class Bundle:
    """A package: so many sessions of the type of this name, for so many minor units, so long."""

    of: str
    sessions: int
    price_minor: int
    valid_days: int = 180


@dataclass(frozen=True, slots=True)
class Hours:
    """Open on these weekdays (0 is Monday), minutes of the local day."""

    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    start: int = 9 * 60
    end: int = 17 * 60


ALWAYS = (Hours(weekdays=tuple(range(7)), start=0, end=1440),)


@dataclass(frozen=True, slots=True)
class DemoMentor:
    """A mentor as the seed makes one."""

    email: str
    name: str
    zone: str
    location: str
    headline: str
    expertise: tuple[str, ...]
    offers: tuple[Offered, ...]
    bio: str = ""
    languages: tuple[str, ...] = ("en",)
    hours: tuple[Hours, ...] = field(default_factory=lambda: (Hours(),))
    packages: tuple[Bundle, ...] = ()


TOLD = (
    DemoMentor(
        email="mentor@example.com",
        name="Ada Winterbourne",
        zone="Europe/London",
        location="London",
        headline="Career moves in engineering, from first job to head of department",
        expertise=("Career change", "Engineering management", "Interview practice"),
        languages=("en", "fr"),
        offers=(
            Offered("Career session", 60, 10_000),
            Offered("Interview rehearsal", 45, 4_999),
            Offered("Quick question", 30, 2_500, policy=STRICT),
        ),
        packages=(Bundle("Career session", 5, 42_500), Bundle("Interview rehearsal", 3, 13_500)),
        bio=(
            "<p>I led platform teams for eighteen years and have sat on both sides of more than "
            "four hundred interviews.</p><p>Bring one decision you are turning over. You leave "
            "with a plan for the next two weeks, written down.</p>"
        ),
    ),
    DemoMentor(
        email="mentor2@example.com",
        name="Noor Haddad",
        zone="Asia/Dubai",
        location="Dubai",
        headline="Incidents and on-call: round the clock, every day of the week",
        expertise=("Site reliability", "Incident response", "Kubernetes"),
        languages=("en", "ar"),
        offers=(
            Offered("Post-mortem together", 60, 10_000),
            Offered("Runbook review", 30, 4_999),
        ),
        hours=ALWAYS,
        bio="<p>I answer pagers for a living. There is a free hour at any time of day.</p>",
    ),
    DemoMentor(
        email="tomas.lind@mentors.example.com",
        name="Tomas Lind",
        zone="Europe/Stockholm",
        location="Stockholm",
        headline="Pricing and packaging for small software companies",
        expertise=("Pricing", "Product strategy", "SaaS"),
        languages=("sv", "en"),
        offers=(Offered("Pricing review", 60, 14_000, "EUR"),),
    ),
    DemoMentor(
        email="keiko.mori@mentors.example.com",
        name="Keiko Mori",
        zone="Asia/Tokyo",
        location="Tokyo",
        headline="Public speaking for people who would rather not",
        expertise=("Public speaking", "Presentations", "English at work"),
        languages=("ja", "en"),
        offers=(Offered("Rehearsal", 45, 6_500), Offered("Slide clinic", 30, 4_000)),
    ),
    DemoMentor(
        email="mateus.rocha@mentors.example.com",
        name="Mateus Rocha",
        zone="America/Sao_Paulo",
        location="São Paulo",
        headline="From analyst to data scientist without a second degree",
        expertise=("Data science", "Statistics", "Python"),
        languages=("pt", "en"),
        offers=(Offered("Portfolio review", 60, 5_500),),
    ),
    DemoMentor(
        email="imani.wanjiru@mentors.example.com",
        name="Imani Wanjiru",
        zone="Africa/Nairobi",
        location="Nairobi",
        headline="Founders' first hires, first board, first hard conversation",
        expertise=("Founding", "Hiring", "Leadership"),
        languages=("en", "sw"),
        offers=(Offered("Founder hour", 60, 12_000, policy=STRICT),),
    ),
    DemoMentor(
        email="priya.raman@mentors.example.com",
        name="Priya Raman",
        zone="Asia/Kolkata",
        location="Bengaluru",
        headline="System design interviews, drawn and explained",
        expertise=("System design", "Interview practice", "Distributed systems"),
        languages=("en", "ta", "hi"),
        offers=(Offered("Mock interview", 60, 7_500), Offered("Debrief", 30, 3_500)),
    ),
    DemoMentor(
        email="josh.abrams@mentors.example.com",
        name="Josh Abrams",
        zone="America/New_York",
        location="New York",
        headline="Negotiating an offer, a raise or a way out",
        expertise=("Negotiation", "Compensation", "Career change"),
        offers=(Offered("Negotiation prep", 60, 18_000), Offered("Offer check", 30, 9_000)),
    ),
    DemoMentor(
        email="lena.fischer@mentors.example.com",
        name="Lena Fischer",
        zone="Europe/Berlin",
        location="Berlin",
        headline="Coming back to work after a break",
        expertise=("Return to work", "Confidence", "Planning"),
        languages=("de", "en"),
        offers=(Offered("Fresh start", 60, 8_000, "EUR"),),
    ),
    DemoMentor(
        email="hana.kealoha@mentors.example.com",
        name="Hana Kealoha",
        zone="Pacific/Honolulu",
        location="Honolulu",
        headline="Design portfolios that get a second look",
        expertise=("Product design", "Portfolios", "Critique"),
        offers=(Offered("Portfolio walk", 60, 9_500),),
    ),
    DemoMentor(
        email="oliver.tan@mentors.example.com",
        name="Oliver Tan",
        zone="Australia/Sydney",
        location="Sydney",
        headline="Running a consultancy of one",
        expertise=("Freelancing", "Sales", "Contracts"),
        offers=(Offered("Working hour", 60, 11_000),),
    ),
    DemoMentor(
        email="camille.roy@mentors.example.com",
        name="Camille Roy",
        zone="America/St_Johns",
        location="St. John's",
        headline="Science writing and grants in plain language",
        expertise=("Writing", "Grants", "Editing"),
        languages=("fr", "en"),
        offers=(Offered("Line edit, live", 60, 7_000),),
    ),
)

FIRST_NAMES = (
    "Amara", "Bruno", "Chiara", "Dmitri", "Elif", "Farah", "Gustav", "Hugo", "Ines", "Jonas",
    "Kofi", "Leila", "Marek", "Nadia", "Omar", "Petra", "Quentin", "Rosa", "Sven", "Tara",
    "Umar", "Vera", "Wanda", "Yusuf",
)  # fmt: skip
LAST_NAMES = (
    "Adeyemi", "Bianchi", "Castro", "Dahl", "Ekström", "Farouk", "Grigori", "Haas", "Ibarra",
    "Jansen", "Kowalska", "Laurent",
)  # fmt: skip
PLACES = (
    ("Europe/London", "Manchester", ("en",), "GBP"),
    ("America/New_York", "Boston", ("en",), "USD"),
    ("Europe/Berlin", "Hamburg", ("de", "en"), "EUR"),
    ("America/Los_Angeles", "Oakland", ("en", "es"), "USD"),
    ("Asia/Kolkata", "Pune", ("en", "hi"), "USD"),
    ("Africa/Lagos", "Lagos", ("en",), "USD"),
    ("Asia/Singapore", "Singapore", ("en", "zh"), "USD"),
    ("America/Mexico_City", "Mexico City", ("es", "en"), "USD"),
    ("Europe/Madrid", "Valencia", ("es", "en"), "EUR"),
    ("Pacific/Auckland", "Wellington", ("en",), "USD"),
)
SUBJECTS = (
    ("Product management", "What to build next, and how to say no to the rest"),
    ("Backend development", "Calm code reviews and a plan for the next year"),
    ("Marketing", "A first hundred customers without a budget"),
    ("Leadership", "New managers: the first ninety days"),
    ("Finance", "Numbers a founder should know by heart"),
    ("Teaching", "From expert to teacher in six conversations"),
    ("Languages", "Working English for engineers"),
    ("Wellbeing", "Work that ends at six"),
    ("Frontend development", "Accessible interfaces, reviewed together"),
    ("Sales", "Discovery calls that are pleasant for both sides"),
    ("Research", "Interview your users without leading them"),
)
PRICES = (3_000, 4_500, 6_000, 7_500, 9_000, 12_500, 16_000)
CROWD = 48


def crowd() -> Iterator[DemoMentor]:
    """Compose the rest; number by number the same people come out."""
    for number in range(CROWD):
        first = FIRST_NAMES[number % len(FIRST_NAMES)]
        last = LAST_NAMES[(number * 5 + number // len(FIRST_NAMES)) % len(LAST_NAMES)]
        zone, location, languages, currency = PLACES[number % len(PLACES)]
        subject, headline = SUBJECTS[number % len(SUBJECTS)]
        other = SUBJECTS[(number * 3 + 4) % len(SUBJECTS)][0]
        price = PRICES[number % len(PRICES)]
        start = (8 + number % 4) * 60
        yield DemoMentor(
            email=f"mentor{number:02d}@mentors.example.com",
            name=f"{first} {last}",
            zone=zone,
            location=location,
            headline=headline,
            expertise=(subject, other) if other != subject else (subject,),
            languages=languages,
            offers=(
                Offered("Working session", 60, price, currency),
                Offered("Short call", 30, price * 6 // 10, currency, STRICT),
            ),
            hours=(Hours(weekdays=(0, 1, 2, 3, 5)[number % 2 :], start=start, end=start + 480),),
        )
