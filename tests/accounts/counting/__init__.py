"""A Django application for served test processes alone: it writes down every guess evaluated."""
