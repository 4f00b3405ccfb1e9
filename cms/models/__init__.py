"""The pages: words and pictures. Facts that bookings rely on stay in scheduling and billing."""

from cms.models.articles import ArticleIndexPage, ArticlePage
from cms.models.faq import FaqPage
from cms.models.forms import FormField, FormPage
from cms.models.home import HomePage
from cms.models.landing import LandingPage
from cms.models.legal import LegalPage
from cms.models.listing import Listing, ListingChange, Term
from cms.models.mentor import MentorIndexPage, MentorProfilePage
from cms.models.moderation import Featuring, ProfileReview, ProfileReviewState
from cms.models.settings import SiteLook
from cms.models.vectors import ProfileVector
from cms.models.versions import Consent, LegalVersion

__all__ = [
    "ArticleIndexPage",
    "ArticlePage",
    "Consent",
    "FaqPage",
    "Featuring",
    "FormField",
    "FormPage",
    "HomePage",
    "LandingPage",
    "LegalPage",
    "LegalVersion",
    "Listing",
    "ListingChange",
    "MentorIndexPage",
    "MentorProfilePage",
    "ProfileReview",
    "ProfileReviewState",
    "ProfileVector",
    "SiteLook",
    "Term",
]
