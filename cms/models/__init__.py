"""The pages: words and pictures. Facts that bookings rely on stay in scheduling and billing."""

from cms.models.home import HomePage
from cms.models.mentor import MentorIndexPage, MentorProfilePage

__all__ = ["HomePage", "MentorIndexPage", "MentorProfilePage"]
