"""Read which other sites people may sign in with. None, unless SOCIAL_PROVIDERS names some."""

from accounts.social_sites import SocialProvider
from config.env import BadSetting, Env

KNOWN = ("google", "apple", "github", "oidc")


def social_providers(env: Env) -> dict[str, SocialProvider]:
    """Return the providers by their ids, in the order they are named in.

    Raises BadSetting for an unknown name, and for one whose credentials are missing.
    """
    names = env.words("SOCIAL_PROVIDERS")
    unknown = [name for name in names if name not in KNOWN]
    if unknown:
        raise BadSetting(f"SOCIAL_PROVIDERS names {unknown[0]!r}; it knows {', '.join(KNOWN)}.")
    return {name: _READERS[name](env) for name in names}


def _google(env: Env) -> SocialProvider:
    return SocialProvider(
        id="google",
        name="Google",
        client_id=env.text("GOOGLE_CLIENT_ID"),
        client_secret=env.text("GOOGLE_CLIENT_SECRET"),
        issuer="https://accounts.google.com",
    )


def _apple(env: Env) -> SocialProvider:
    """Apple's secret is a key (PEM) that signs a short-lived one at every exchange."""
    return SocialProvider(
        id="apple",
        name="Apple",
        client_id=env.text("APPLE_CLIENT_ID"),
        client_secret=env.text("APPLE_PRIVATE_KEY").replace("\\n", "\n"),
        issuer="https://appleid.apple.com",
        team_id=env.text("APPLE_TEAM_ID"),
        key_id=env.text("APPLE_KEY_ID"),
    )


def _github(env: Env) -> SocialProvider:
    return SocialProvider(
        id="github",
        name="GitHub",
        client_id=env.text("GITHUB_CLIENT_ID"),
        client_secret=env.text("GITHUB_CLIENT_SECRET"),
        site="https://github.com",
        api="https://api.github.com",
    )


def _oidc(env: Env) -> SocialProvider:
    issuer = env.text("OIDC_ISSUER").rstrip("/")
    if not issuer.startswith("https://"):
        raise BadSetting(f"OIDC_ISSUER={issuer!r} must begin with https://.")
    return SocialProvider(
        id="oidc",
        name=env.text("OIDC_NAME", "Single sign-on"),
        client_id=env.text("OIDC_CLIENT_ID"),
        client_secret=env.text("OIDC_CLIENT_SECRET"),
        issuer=issuer,
    )


_READERS = {"google": _google, "apple": _apple, "github": _github, "oidc": _oidc}
