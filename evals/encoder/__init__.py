"""How the bundled encoder is made; not needed to use it."""

# Written passages (in evals/encoder/data) that nothing is trained on: `evals.encoder.measure` asks for them.
HELD_OUT = "pairs-e8-"
