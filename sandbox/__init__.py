"""A loopback stand-in for the payment gateways and a video provider, for the demo and for tests.

It knows their wire protocols and nothing of Counterfoil: no model, no setting, no table of
ours. The product never imports it.
"""
