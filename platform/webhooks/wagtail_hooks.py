"""Webhooks in the back office: endpoints, deliveries, their dialogs, and what is in trouble."""

from typing import ClassVar

from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from kernel.backoffice.today import add_queue
from webhooks.backoffice import dialogs
from webhooks.backoffice.deliveries import DeliveryViewSet
from webhooks.backoffice.endpoints import EndpointViewSet, endpoints_in_trouble

add_queue("webhooks.view_endpoint", endpoints_in_trouble, order=66)


class WebhooksGroup(ViewSetGroup):  # type: ignore[misc]
    menu_label = "Webhooks"
    menu_icon = "link-external"
    menu_order = 795
    items: ClassVar = (EndpointViewSet, DeliveryViewSet)


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_webhooks() -> WebhooksGroup:
    return WebhooksGroup()


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def register_dialogs() -> list[URLPattern]:
    one = "webhook-endpoints/<uuid:pk>"
    return [
        path(
            "webhook-endpoints/make/",
            dialogs.MakeEndpointView.as_view(),
            name="make_webhook_endpoint",
        ),
        path(
            f"{one}/change/", dialogs.ChangeEndpointView.as_view(), name="change_webhook_endpoint"
        ),
        path(
            f"{one}/switch/", dialogs.SwitchEndpointView.as_view(), name="switch_webhook_endpoint"
        ),
        path(f"{one}/secret/", dialogs.RotateSecretView.as_view(), name="rotate_webhook_secret"),
        path(
            f"{one}/replay/", dialogs.ReplayEndpointView.as_view(), name="replay_webhook_endpoint"
        ),
        path(
            "webhook-deliveries/<uuid:pk>/replay/",
            dialogs.ReplayDeliveryView.as_view(),
            name="replay_webhook_delivery",
        ),
    ]
