"""Where customers, orders and products come from: protocols that tools ask for, and systems that implement them."""
