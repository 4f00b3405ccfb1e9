"""docs/states.md is what the tables say."""

from kernel import statebook


def test_the_page_is_up_to_date() -> None:
    written = statebook.page().read_text(encoding="utf-8")

    assert written == statebook.render(), "run: python manage.py write_states"


def test_every_machine_is_on_it() -> None:
    names = {(label, machine.name) for label, machine in statebook.machines()}

    assert ("scheduling", "session") in names
    assert {label for label, _ in names} == {"accounts", "billing", "scheduling", "webhooks"}
    assert "| pending | expire | expired | system: the hold's time is over |" in statebook.render()
