"""The table's addresses that Wagtail brings: pages, files, workflows, settings."""

from tests.cms.matrix.rows import (
    CURATORS,
    EDITORS,
    ENTERING,
    EVERYBODY,
    NOBODY,
    PAGE_STAFF,
    ROOT,
    STAFF,
    Area,
)
from tests.cms.matrix.world import GUEST

AREAS = (
    Area(
        "Everybody who enters",
        ENTERING,
        """
        HOME
        account/
        logout/  POST
        dismissibles/
        """,
    ),
    Area(
        "No sign-in asked",
        NOBODY,
        """
        login/
        test404/  GONE
        failwhale/  GONE
        password_reset/  GONE
        password_reset/done/  GONE
        password_reset/confirm/<uidb64>/<token>/  GONE
        password_reset/complete/  GONE
        """,
    ),
    Area(
        "No sign-in asked",
        EVERYBODY,
        """
        sprite/
        jsi18n/
        """,
    ),
    Area(
        "No sign-in asked",
        STAFF,
        """
        .*/$  GONE
        """,
    ),
    Area(
        "Pages",
        (GUEST, *PAGE_STAFF),
        """
        pages/
        pages/<int:parent_page_id>/
        pages/<int:parent_page_id>/results/
        """,
    ),
    Area(
        "Pages",
        PAGE_STAFF,
        """
        bulk/<str:app_label>/<str:model_name>/<str:action>/  GONE
        """,
    ),
    Area(
        "Pages",
        NOBODY,
        """
        pages/add/<slug:content_type_app_name>/<slug:content_type_model_name>/<int:parent_page_id>/
        pages/add/<slug:content_type_app_name>/<slug:content_type_model_name>/<int:parent_page_id>/preview/
        pages/<int:parent_page_id>/add_subpage/
        pages/workflow/preview/<int:page_id>/<int:task_id>/
        """,
    ),
    Area(
        "Pages",
        PAGE_STAFF,
        r"""
        pages/usage/<slug:content_type_app_name>/<slug:content_type_model_name>/
        pages/create/<slug:app_label>/<slug:model_name>
        pages/usage/<slug:content_type_app_name>/<slug:content_type_model_name>/results/
        pages/<int:page_id>/usage/
        pages/<int:page_id>/delete/
        pages/<int:page_id>/convert_alias/  GONE
        pages/search/
        pages/search/results/
        pages/<int:page_to_move_id>/move/
        pages/<int:page_to_move_id>/move/<int:destination_id>/confirm/
        pages/<int:page_to_move_id>/set_position/  POST
        pages/<int:page_id>/copy/
        pages/<int:page_id>/privacy/
        pages/<int:page_id>/lock/  POST
        pages/<int:page_id>/unlock/  POST
        pages/<int:page_id>/revisions/<int:revision_id>/revert/
        pages/<int:page_id>/revisions/<int:revision_id>/unschedule/
        pages/(?P<pk>\d+)/revisions/compare/(?P<revision_id_a>live|earliest|\d+)\.\.\.(?P<revision_id_b>live|latest|\d+)/$
        """,
    ),
    Area(
        "Pages",
        EDITORS,
        """
        translation/submit/page/<int:page_id>/
        translation/submit/snippet/<slug:app_label>/<slug:model_name>/<str:pk>/  GONE
        """,
    ),
    Area(
        "Pages",
        PAGE_STAFF,
        """
        pages/<int:page_id>/edit/
        pages/<int:page_id>/edit/preview/
        pages/<int:page_id>/view_draft/
        pages/workflow/confirm_cancellation/<int:page_id>/
        pages/<int:page_id>/revisions/
        pages/<int:page_id>/revisions/<int:revision_id>/view/
        pages/<int:page_id>/workflow_history/
        pages/<int:page_id>/workflow_history/detail/<int:workflow_state_id>/
        pages/<int:page_id>/history/
        pages/<int:page_id>/history/results/
        """,
        own=True,
    ),
    Area(
        "Pages",
        CURATORS,
        """
        pages/<int:page_id>/unpublish/
        pages/workflow/action/<int:page_id>/<slug:action_name>/<int:task_state_id>/
        pages/workflow/collect_action_data/<int:page_id>/<slug:action_name>/<int:task_state_id>/
        """,
    ),
    Area(
        "Choosing and editing",
        PAGE_STAFF,
        """
        api/main/pages/<int:pk>/
        api/main/pages/find/  GONE
        api/main/pages/<int:pk>/action/<str:action_name>/  POST
        api/main/documents/
        api/main/documents/<int:pk>/
        api/main/documents/find/  GONE
        api/main/images/
        api/main/images/<int:pk>/
        api/main/images/find/  GONE
        choose-page/chosen-multiple/
        choose-phone-link/
        choose-anchor-link/
        tag-autocomplete/
        tag-autocomplete/<slug:app_name>/<slug:model_name>/
        block-preview/  GONE
        forms/
        forms/results/
        forms/submissions/<int:page_id>/  GONE
        forms/submissions/<int:page_id>/results/  GONE
        embeds/chooser/
        embeds/chooser/upload/
        """,
    ),
    Area(
        "Choosing and editing",
        (GUEST, *PAGE_STAFF),
        """
        choose-page/
        choose-page/<int:parent_page_id>/
        choose-page/search/
        api/main/pages/
        choose-external-link/
        choose-email-link/
        editing-sessions/ping/<str:app_label>/<str:model_name>/<str:object_id>/<int:session_id>/  POST
        editing-sessions/release/<int:session_id>/  POST
        """,  # noqa: E501 - a route
    ),
    Area(
        "Choosing and editing",
        NOBODY,
        """
        forms/submissions/<int:page_id>/delete/
        snippets/
        """,
    ),
    Area(
        "Workflows",
        ROOT,
        """
        workflows/list/
        workflows/list/results/
        workflows/add/
        workflows/enable/<int:pk>/  POST
        workflows/disable/<int:pk>/
        workflows/edit/<int:pk>/
        workflows/usage/<int:pk>/
        workflows/usage/<int:pk>/results/
        workflows/remove/<int:page_pk>/  POST
        workflows/remove/<int:page_pk>/<int:workflow_pk>/  POST
        workflows/tasks/add/<str:app_label>/<str:model_name>/
        workflows/tasks/select_type/
        workflows/tasks/index/
        workflows/tasks/index/results/
        workflows/tasks/edit/<int:pk>/
        workflows/tasks/disable/<int:pk>/
        workflows/tasks/enable/<int:pk>/  POST
        workflows/task_chooser/
        workflows/task_chooser/results/
        workflows/task_chooser/create/
        workflows/task_chooser/<int:task_id>/
        """,
    ),
    Area(
        "Reports on pages",
        ROOT,
        """
        reports/locked/
        reports/locked/results/
        """,
    ),
    Area(
        "Reports on pages",
        PAGE_STAFF,
        """
        reports/workflow/
        reports/workflow/results/
        reports/workflow_tasks/
        reports/workflow_tasks/results/
        reports/site-history/
        reports/site-history/results/
        reports/aging-pages/
        reports/aging-pages/results/
        reports/page-types-usage/
        reports/page-types-usage/results/
        """,
    ),
    Area(
        "Images",
        PAGE_STAFF,
        """
        images/
        images/results/
        images/<int:image_id>/generate_url/  GONE
        images/<int:image_id>/generate_url/output/  GONE
        images/add/
        images/multiple/add/
        images/chooser/create/
        images/chooser/
        images/chooser/results/
        images/chooser/chosen/<str:pk>/
        images/chooser/chosen-multiple/
        images/chooser/<int:image_id>/select_format/
        """,
    ),
    Area(
        "Images",
        EDITORS,
        """
        images/<int:image_id>/
        images/<int:image_id>/delete/
        images/<int:image_id>/preview/<str:filter_spec>/
        images/usage/<int:image_id>/
        """,
    ),
    Area(
        "Images",
        STAFF,
        """
        images/multiple/<int:image_id>/  POST
        images/multiple/create_from_uploaded_image/<int:uploaded_file_id>/  POST
        images/multiple/<int:image_id>/delete/  POST
        images/multiple/delete_upload/<int:uploaded_file_id>/  POST
        """,
    ),
    Area(
        "Documents",
        ROOT,
        """
        documents/
        documents/results/
        documents/add/
        documents/edit/<int:document_id>/
        documents/delete/<int:document_id>/
        documents/multiple/add/
        documents/usage/<int:document_id>/
        documents/chooser/create/
        """,
    ),
    Area(
        "Documents",
        STAFF,
        """
        documents/multiple/<int:doc_id>/  POST
        documents/multiple/create_from_uploaded_document/<int:uploaded_file_id>/  POST
        documents/multiple/<int:doc_id>/delete/  POST
        documents/multiple/delete_upload/<int:uploaded_file_id>/  POST
        """,
    ),
    Area(
        "Documents",
        PAGE_STAFF,
        """
        documents/chooser/
        documents/chooser/results/
        documents/chooser/chosen/<str:pk>/
        documents/chooser/chosen-multiple/
        """,
    ),
    Area(
        "Administration",
        ROOT,
        """
        collections/
        collections/add/
        collections/<int:pk>/  GONE
        collections/<int:collection_id>/privacy/
        redirects/
        redirects/results/
        redirects/add/
        redirects/<int:redirect_id>/
        redirects/<int:redirect_id>/delete/
        redirects/import/
        redirects/import/process/  POST
        sites/
        sites/results/
        sites/new/
        sites/edit/<int:pk>/
        sites/delete/<int:pk>/
        sites/history/<int:pk>/
        sites/history-results/<int:pk>/
        sites/usage/<int:pk>/
        sites/copy/<int:pk>/
        users/
        users/results/
        users/new/
        users/edit/<uuid:pk>/
        users/delete/<uuid:pk>/
        users/history/<uuid:pk>/
        users/history-results/<uuid:pk>/
        users/usage/<uuid:pk>/
        users/copy/<uuid:pk>/
        groups/
        groups/results/
        groups/new/
        groups/edit/<int:pk>/
        groups/delete/<int:pk>/
        groups/history/<int:pk>/
        groups/history-results/<int:pk>/
        groups/usage/<int:pk>/
        """,
    ),
    Area(
        "Administration",
        STAFF,
        """
        collections/<int:pk>/delete/  GONE
        settings/<slug:app_name>/<slug:model_name>/  GONE
        """,
    ),
)
