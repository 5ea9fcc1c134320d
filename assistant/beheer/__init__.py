"""What maintainers do in the app, without its pages: accounts, sessions, uploads, a proposal, its effect, the log."""
