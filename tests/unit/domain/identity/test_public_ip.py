import pytest

from service.domain.identity import public_ip


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        (" 8.8.4.25 ", "8.8.4.25"),
        ("8.8.4.4:1234", "8.8.4.4"),
        ("[2001:4860::1]:443", "2001:4860::1"),
        ("[2001:4860::1]", "2001:4860::1"),
        ("2001:4860::1%eth0", "2001:4860::1"),
        ("2001:4860:0:0::1", "2001:4860::1"),
        ("::ffff:8.8.4.25", "8.8.4.25"),
        ("::FFFF:0808:0419", "8.8.4.25"),
        ("[::ffff:8.8.4.25]:8080", "8.8.4.25"),
    ],
)
def test_an_address_is_read_however_it_is_written(raw: str, address: str) -> None:
    assert public_ip(raw) == address


@pytest.mark.parametrize(
    "raw",
    [
        "8.8.4.25, 10.1.2.3",
        "10.1.2.3, 8.8.4.25",
        "192.168.0.4:5060,8.8.4.25:80,1.1.1.1",
        "unknown, ::ffff:10.0.0.1, fe80::1%en0, 8.8.4.25",
        "8.8.4.25 1.1.1.1",
        ",, 8.8.4.25",
    ],
)
def test_the_first_public_address_of_a_list_is_the_shoppers(raw: str) -> None:
    assert public_ip(raw) == "8.8.4.25"


@pytest.mark.parametrize(
    "raw",
    [
        *["224.0.1.1", "ff0e::1", "fe80::1%eth0", "[::1]:443", "10.0.0.1:80", "::ffff:192.168.0.1"],
        *["8.8.4", "8.8.4.256", "8.8.4.4:", "[8.8.4.4", "2001:4860::1::2", "%", ":", "", "-"],
    ],
)
def test_anything_else_is_no_public_address(raw: str) -> None:
    assert public_ip(raw) is None
