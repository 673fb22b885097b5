import pytest
from cryptography.fernet import Fernet

from service.infra.vault import FernetVault
from service.ports import UnsealError

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
VAULT = FernetVault([NEW, OLD])


class TestFernetVault:
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
        assert VAULT.unseal("winery", FernetVault([OLD]).seal("winery", b"token")) == b"token"
        assert FernetVault([NEW]).unseal("winery", VAULT.seal("winery", b"token")) == b"token"

    @pytest.mark.parametrize("sealed", ["", "nonsense", "gAAAAA==", "é", "\ud800"])
    def test_says_when_a_text_is_damaged(self, sealed: str) -> None:
        with pytest.raises(UnsealError):
            VAULT.unseal("winery", sealed)

    def test_opens_nothing_without_its_key(self) -> None:
        with pytest.raises(UnsealError):
            FernetVault([OLD]).unseal("winery", VAULT.seal("winery", b"token"))
