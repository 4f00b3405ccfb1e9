"""The page of text that a run prints when it is ready: addresses, people, how to end."""

from launcher.options import Options

PASSWORD = "counterfoil-demo"  # noqa: S105 -- the demo's, refused in production
TOTP_SECRET = "JBSWY3DPEHPK3PXP"  # noqa: S105 -- likewise

CUSTOMERS = {
    "client@example.com": "books and pays",
    "client2@example.com": "another client",
    "mentor@example.com": "Ada, with availability in Europe/London",
    "mentor2@example.com": "another mentor",
    "applicant@example.com": "has applied to be a mentor",
}
STAFF = {
    "editor@example.com": "writes pages",
    "curator@example.com": "approves mentors",
    "curator2@example.com": "approves them the second time",
    "support@example.com": "helps with sessions",
    "finance@example.com": "prepares payouts and refunds",
    "approver@example.com": "approves payouts",
    "auditor@example.com": "reads everything",
    "admin@example.com": "may do everything",
}


def welcome(options: Options) -> str:
    """Return the text; every secret in it is the demo's alone."""
    second_factor = (
        f"a second factor: the TOTP secret {TOTP_SECRET}"
        if options.demo_mfa
        else "no second factor (DEMO_MFA=off)"
    )
    addresses = {
        "API": f"{options.url}/api/",
        "API reference": f"{options.url}/api/docs",
        "CMS and finance": f"{options.url}/cms/",
        "Gateway stand-in": f"{options.sandbox_url}/",
    }
    return "\n".join(
        [
            "",
            "Counterfoil is ready.",
            "",
            *(f"  {name:<18} {address}" for name, address in addresses.items()),
            "",
            f"  Everybody's password is {PASSWORD}",
            *(f"  {mail:<22} {what}" for mail, what in CUSTOMERS.items()),
            f"  The staff sign in to the CMS with {second_factor}",
            *(f"  {mail:<22} {what}" for mail, what in STAFF.items()),
            "",
            f"  Everything is kept in {options.data_dir}. Ctrl-C ends it all.",
            "",
        ]
    )
