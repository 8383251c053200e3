"""Pure decisions about accounts. Standard library only."""
