"""A loopback stand-in for the payment gateways: demo and tests run on it, the product never imports
it.

It knows the gateways' wire protocols and nothing of Counterfoil: no model, no setting, no table of
ours.
"""
