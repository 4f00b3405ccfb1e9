"""Make the demo's people: clients, mentors' accounts and staff. Nobody is made twice."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password

from accounts import operations, roles, second_factor
from accounts.demo import PASSWORD, TOTP_SECRET
from accounts.models import User

CLIENTS = {
    "client@example.com": ("Chloe Bennett", "Europe/London"),
    "client2@example.com": ("Diego Fuentes", "America/New_York"),
}
STAFF = {
    "editor@example.com": ("Edith Marlow", roles.CONTENT_EDITOR),
    "curator@example.com": ("Curtis Vale", roles.MENTOR_CURATOR),
    "curator2@example.com": ("Cora Lindqvist", roles.MENTOR_CURATOR),
    "support@example.com": ("Sunniva Lund", roles.SUPPORT),
    "finance@example.com": ("Fiona Marsh", roles.FINANCE_PREPARER),
    "approver@example.com": ("Aron Petrov", roles.FINANCE_APPROVER),
    "auditor@example.com": ("Audra Klein", roles.AUDITOR),
}
ADMIN = ("admin@example.com", "Adam Reyes")


@dataclass(frozen=True, slots=True)
class People:
    """Makes people with the demo's one password, which is hashed once."""

    now: datetime
    encoded: str

    @classmethod
    def at(cls, now: datetime) -> "People":
        return cls(now=now, encoded=make_password(PASSWORD))

    def everybody(self) -> None:
        """Make the clients and the staff that the demo prints."""
        for email, (name, zone) in CLIENTS.items():
            self.person(email, name=name, role="client", zone=zone, signs_in=True)
        for email, (name, group) in STAFF.items():
            roles.add_to_group(user=self.staff(email, name=name), group=group)
        email, name = ADMIN
        admin = self.staff(email, name=name)
        if not admin.is_superuser:
            admin.is_superuser = True
            admin.save(update_fields=["is_superuser"])

    def staff(self, email: str, *, name: str) -> User:
        """Return a member of the staff with the demo's authenticator secret."""
        user = self.person(email, name=name, role="staff", zone="Europe/London", signs_in=True)
        if not second_factor.is_set_up(user=user):
            operations.set_totp(user=user, secret=TOTP_SECRET)
        return user

    def person(
        self, email: str, *, name: str, role: str, zone: str, signs_in: bool = False
    ) -> User:
        """Return the person with this address, made if there is none.

        Those whose address the demo prints sign in with its password; the others not at all.
        """
        user: User | None = User.objects.with_email(email)
        if user is not None:
            return user
        user = operations.create_person(
            email=email, password=None, name=name, role=role, time_zone=zone, now=self.now
        )
        if signs_in:
            user.password = self.encoded
            user.save(update_fields=["password"])
        return user
