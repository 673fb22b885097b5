"""Two RSA keys that tests sign with: to make one takes longer than most tests."""

from cryptography.hazmat.primitives.asymmetric import rsa

OURS, ANOTHER = (rsa.generate_private_key(65537, 2048) for _ in range(2))
