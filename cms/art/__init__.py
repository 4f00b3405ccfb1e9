"""Pictures drawn by the program: paper, tickets, a stamp. Deterministic; pure but for the PNG."""
