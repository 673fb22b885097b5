from base64 import urlsafe_b64decode, urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.fernet import Fernet

from service.infra.vault import KeyedVault
from service.ports import UnsealError

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
VAULT = KeyedVault([NEW, OLD])

KEPT_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
KEPT_TEXTS = [
    pytest.param("AY3dCpDgK5k-RZxe_y_SLUBGbqoucIK9QadXOKyIRLiQXw==", id="AES-GCM"),
    pytest.param(
        "gAAAAABrCqJHQieHN2fKEFWcmX_BLhnQUnI7l1UkPHaJxhNy1Xxjs7ep213EGLEhcrO5l_DyQpEn272OEe5ABPyJ"
        "dZe6flfOZQ==",
        id="Fernet",
    ),
]
"""The winery's token as releases have sealed it with this key."""


class TestKeyedVault:
    def test_gives_back_what_was_sealed(self) -> None:
        sealed = VAULT.seal("winery", b"token")

        assert "token" not in sealed
        assert VAULT.unseal("winery", sealed) == b"token"

    def test_seals_the_same_text_differently_each_time(self) -> None:
        assert VAULT.seal("winery", b"token") != VAULT.seal("winery", b"token")

    @pytest.mark.parametrize("other", ["winery-2", "winer", "", "winery\0"])
    def test_opens_nothing_for_another_tenant(self, other: str) -> None:
        with pytest.raises(UnsealError):
            VAULT.unseal(other, VAULT.seal("winery", b"token"))

    def test_opens_what_an_older_key_sealed_and_seals_with_the_newest(self) -> None:
        assert VAULT.unseal("winery", KeyedVault([OLD]).seal("winery", b"token")) == b"token"
        assert KeyedVault([NEW]).unseal("winery", VAULT.seal("winery", b"token")) == b"token"

    @pytest.mark.parametrize("sealed", KEPT_TEXTS)
    def test_opens_what_releases_have_sealed_for_this_tenant_alone(self, sealed: str) -> None:
        vault = KeyedVault([NEW, KEPT_KEY])

        assert vault.unseal("winery", sealed) == b"token"
        with pytest.raises(UnsealError):
            vault.unseal("winery-2", sealed)
        with pytest.raises(UnsealError):
            VAULT.unseal("winery", sealed)

    @pytest.mark.parametrize("sealed", KEPT_TEXTS)
    def test_reseals_any_of_them_with_the_newest_key(self, sealed: str) -> None:
        resealed = KeyedVault([NEW, KEPT_KEY]).reseal("winery", sealed)

        assert KeyedVault([NEW]).unseal("winery", resealed) == b"token"

    @pytest.mark.parametrize("place", [0, 1, 12, 13, -1])
    def test_opens_nothing_that_was_changed(self, place: int) -> None:
        data = bytearray(urlsafe_b64decode(VAULT.seal("winery", b"token")))
        data[place] ^= 1

        with pytest.raises(UnsealError):
            VAULT.unseal("winery", urlsafe_b64encode(data).decode())

    def test_seals_and_opens_in_many_threads_at_once(self) -> None:
        plains = [str(number).encode() * 100 for number in range(400)]
        with ThreadPoolExecutor(max_workers=8) as pool:
            sealed = pool.map(lambda plain: VAULT.seal("winery", plain), plains)
            opened = pool.map(lambda text: VAULT.unseal("winery", text), sealed)

        assert list(opened) == plains

    @pytest.mark.parametrize(
        "sealed", ["", "nonsense", "gAAAAA==", "AQ==", "AY3dCpA=", "é", "\ud800"]
    )
    def test_says_when_a_text_is_damaged(self, sealed: str) -> None:
        with pytest.raises(UnsealError):
            VAULT.unseal("winery", sealed)

    def test_opens_nothing_without_its_key(self) -> None:
        with pytest.raises(UnsealError):
            KeyedVault([OLD]).unseal("winery", VAULT.seal("winery", b"token"))
