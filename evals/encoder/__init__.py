"""How the bundled encoder is made; not needed to use it."""
