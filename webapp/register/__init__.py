"""Registering complaints, finding them again, printing them."""
