"""Offline evaluation: how well it understands, finds, answers and hands over, with numbers that can gate a release."""
