"""What becomes of a call of a service when that is away: the calls, what surrounds them, and who catches above."""
