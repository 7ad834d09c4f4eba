"""The sample shop: a whole commerce system in one SQLite file, so that everything can be tried without any other."""

from orchestrator.connectors.sample.shop import SampleShop, open_sample_shop

__all__ = ["SampleShop", "open_sample_shop"]
