"""Payment gateways behind one port (`base`). Only `registry` knows which adapters exist."""
