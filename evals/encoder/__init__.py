"""How the bundled encoder is made; not needed to use it."""

# Written passages (in evals/encoder/data) and headings (by their source) that no encoder is trained on:
# `evals.encoder.measure` asks for them.
HELD_OUT = "pairs-e8-"
HEADINGS_OF = "ictu"
