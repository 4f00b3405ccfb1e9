"""Text that people typed: trimmed, bounded, without NUL. Knows nothing of what it says."""

from kernel.errors import Invalid


def typed(text: str, *, name: str, longest: int, needed: bool = False) -> str:
    """Return `text` without blanks around it.

    Raises Invalid, pointing at `name`, where it holds a NUL, is longer than `longest`
    characters, or says nothing although it is `needed`.
    """
    text = text.strip()
    if "\x00" in text:
        raise Invalid(f"The {name} holds a NUL, which no text of ours may.", pointer=f"/{name}")
    if len(text) > longest:
        raise Invalid(
            f"The {name} has {len(text)} characters; {longest} are the most.", pointer=f"/{name}"
        )
    if needed and not text:
        raise Invalid(f"The {name} says nothing; write a few words.", pointer=f"/{name}")
    return text
