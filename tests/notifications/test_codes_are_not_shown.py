"""The staff read no code in a subject: every letter that begins with one is listed as such."""

from pathlib import Path

from notifications import masking

FOLDER = Path(__file__).parents[2] / "templates" / "emails"


def test_every_letter_with_a_code_in_its_subject_is_listed() -> None:
    found = {path.stem for path in FOLDER.glob("*.subject") if "{{ code" in path.read_text()}

    assert found == masking.WITH_CODE
    assert "account_email_change" in found


def test_what_the_staff_see_of_each_does_not_hold_the_code() -> None:
    for template in masking.WITH_CODE:
        subject = f"ABCD-EFGH belongs to {template}"
        seen = masking.subject_of(template=template, subject=subject)
        assert "ABCD-EFGH" not in seen
        assert seen.endswith(f"belongs to {template}")
