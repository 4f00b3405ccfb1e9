"""People: users, mentors and clients."""

import factory

from accounts.models import Client, Mentor, User

PASSWORD = "a long enough password"


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")
    time_zone = "UTC"
    password = factory.django.Password(PASSWORD)


class ClientFactory(factory.django.DjangoModelFactory[Client]):
    class Meta:
        model = Client

    user = factory.SubFactory(UserFactory)


class MentorFactory(factory.django.DjangoModelFactory[Mentor]):
    class Meta:
        model = Mentor

    user = factory.SubFactory(UserFactory)
    slug = factory.Sequence(lambda n: f"mentor-{n}")
    status = Mentor.Status.LIVE
