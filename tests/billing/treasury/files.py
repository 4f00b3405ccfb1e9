"""Statements of one bank account in the three forms, with 970.70 of a payout and a fee of 20.00."""

CSV = (
    "My Bank;Export of 7 March\n"
    "Booking date;Purpose;Debit;Credit;Balance\n"
    "05.03.2027;STRIPE PAYOUT {key};;970,70;1.970,70\n"
    "06.03.2027;Monthly fee;20,00;;1.950,70\n"
)

MT940 = """\
:20:STMT1
:25:GB33BUKB20201555555555
:28C:1/1
:60F:C270301USD1000,00
:61:2703050305C970,70NTRFNONREF//BANKREF1
:86:STRIPE PAYOUT {key}
:61:2703060306D20,00NMSCNONREF
:86:MONTHLY FEE
:62F:C270306USD1950,70
"""

_ENTRY = """
<Ntry><Amt Ccy="USD">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{ref}</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>{key}</EndToEndId></Refs>
<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""
_BALANCE = """
<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="USD">{amount}</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2027-03-06</Dt></Dt></Bal>"""


def camt(*, key: str = "NOTPROVIDED", closing: str = "1950.70") -> str:
    """A CAMT.053 of version 8."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        "<Acct><Id><IBAN>GB33BUKB20201555555555</IBAN></Id></Acct>"
        + _BALANCE.format(code="OPBD", amount="1000.00")
        + _BALANCE.format(code="CLBD", amount=closing)
        + _ENTRY.format(
            amount="970.70", side="CRDT", day="2027-03-05", ref="B1", key=key, text="STRIPE PAYOUT"
        )
        + _ENTRY.format(
            amount="20.00",
            side="DBIT",
            day="2027-03-06",
            ref="B2",
            key="NOTPROVIDED",
            text="Monthly fee",
        )
        + "</Stmt></BkToCstmrStmt></Document>"
    )
