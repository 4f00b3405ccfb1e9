"""A loopback stand-in for the payment gateways, for the demo and for tests.

It knows the gateways' wire protocols and nothing of Counterfoil: no model, no setting, no table of
ours. The product never imports it.
"""
