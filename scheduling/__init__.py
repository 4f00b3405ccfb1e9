"""Time: availability, slots, meetings, sessions and their lifecycle. Knows nothing of payments."""
