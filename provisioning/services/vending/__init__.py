"""Account requests: asked for, decided, and made step by step by the vending worker."""
