"""The embedded brain's talking: forms from typed tools, confirmations, replies in the house's words."""
