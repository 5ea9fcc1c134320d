"""The product with a language model: answers over a real local server, what the checker did, and each way to fail."""
