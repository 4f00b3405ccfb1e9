"""What every gateway's stand-in needs: durable state, a clock, a server, keys, faults, webhook
delivery.
"""
