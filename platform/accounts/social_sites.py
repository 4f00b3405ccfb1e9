"""What has to be known of another site to sign people in with it. Data; read by the settings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SocialProvider:
    """One other site. `issuer` is its OpenID Connect issuer; GitHub has none and `api` instead."""

    id: str
    name: str
    client_id: str
    client_secret: str
    issuer: str = ""
    site: str = ""
    api: str = ""
    team_id: str = ""
    key_id: str = ""
