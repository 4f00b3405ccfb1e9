"""Figures of the market's sessions: who comes back, who cancels when, whose hours are used."""
