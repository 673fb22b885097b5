"""The caller's network, by which callers are limited."""

import pytest
from flask import Flask

from service.web.request.caller import client_network


def network(address: str | None) -> str:
    with Flask(__name__).test_request_context(environ_base={"REMOTE_ADDR": address}):
        return client_network()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        ("::ffff:203.0.113.7", "203.0.113.7/32"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        (None, "unknown"),
        ("no address", "unknown"),
        ("203.0.113.7:80", "unknown"),
    ],
)
def test_is_the_ipv4_address_or_the_ipv6_subnet(address: str | None, expected: str) -> None:
    assert network(address) == expected
