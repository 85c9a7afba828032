"""Run with `python -m unittest` while a Redis answers at REDIS_URL."""

import unittest

from app_simple import create_app
from cache import CACHE_STRATEGIES


class AppTest(unittest.TestCase):
    def setUp(self) -> None:
        self.client = create_app().test_client()

    def test_health_tells_the_state_of_redis(self) -> None:
        body = self.client.get("/health").get_json()
        self.assertEqual(body["status"], "healthy")
        self.assertTrue(body["cache"]["redis_connected"])

    def test_each_kind_has_its_own_lifetime(self) -> None:
        for kind, strategy in CACHE_STRATEGIES.items():
            answer = self.client.put(f"/api/cache/{kind}/test", json={"a": [1, 2]})
            self.assertEqual(answer.get_json()["ttl"], strategy["ttl"])
            self.assertEqual(self.client.get(f"/api/cache/{kind}/test").get_json()["value"], {"a": [1, 2]})
            self.assertTrue(self.client.delete(f"/api/cache/{kind}/test").get_json()["deleted"])
            self.assertEqual(self.client.get(f"/api/cache/{kind}/test").status_code, 404)


if __name__ == "__main__":
    unittest.main()
