"""Public addresses that are no pages and speak: each stands once in every language."""

from django.urls import path

from cms import form_answers, public_views
from cms.feeds import ArticleFeed

urlpatterns = [
    path("forms/<int:page_id>/", form_answers.answer, name="form_answer"),
    path("search/", public_views.search, name="site_search"),
    path("feed.xml", ArticleFeed(), name="article_feed"),
]
