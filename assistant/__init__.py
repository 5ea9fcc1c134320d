"""The opleidingsassistent."""
