"""Measures whole turns over HTTP beside a floor in the same run. Ratios hold between machines, absolute times do not."""
