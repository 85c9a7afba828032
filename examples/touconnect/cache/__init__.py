"""The cache of TOU Connect."""

from .cache_manager import CACHE_STRATEGIES, CacheManager

__all__ = ["CACHE_STRATEGIES", "CacheManager"]
