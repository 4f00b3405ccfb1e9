"""What every gateway's stand-in needs: state, clock, server, keys, faults, webhook delivery."""
