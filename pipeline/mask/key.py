"""The key of hashes: out of the environment, never written; its fingerprint says which it was."""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable

from pipeline.config import Config, PrivacyConfig
from pipeline.errors import ConfigError

_FEWEST_BYTES = 16
_FINGERPRINT = b"winnow: fingerprint of the key"
_MAKE_ONE = "`openssl rand -hex 32` makes one"


def with_key(config: Config) -> Config:
    """Give the configuration with the fingerprint of the key, where a key is needed.

    Raises:
        ConfigError: the key is missing or too short, or is another one than the configuration names.
    """
    if not config.privacy.mask or config.privacy.told != "hash":
        return config
    made = _fingerprint(read_key(config.privacy))
    named = config.privacy.key_fingerprint
    if named and named != made:
        raise ConfigError(
            f"privacy.key_fingerprint: is {named}, and the key in {config.privacy.key_variable} has {made}. Hashes of "
            "two keys cannot be compared: set the key that belongs to it, or leave the fingerprint out."
        )
    return config.model_copy(update={"privacy": config.privacy.model_copy(update={"key_fingerprint": made})})


def read_key(config: PrivacyConfig) -> bytes:
    """Read the key.

    Raises:
        ConfigError: it is missing or too short.
    """
    name = config.key_variable
    key = os.fsencode(os.environ.get(name, "")).strip()
    if not key:
        raise ConfigError(
            f"privacy.told = 'hash': the environment variable {name} (privacy.key_variable) is not set. Set it to a "
            f"key that you keep ({_MAKE_ONE}), or choose told = 'length'."
        )
    if len(key) < _FEWEST_BYTES:
        raise ConfigError(
            f"privacy.told = 'hash': the key in {name} has {len(key)} bytes; at least {_FEWEST_BYTES} are needed, or "
            f"it can be guessed ({_MAKE_ONE})."
        )
    return key


def key_environment(config: PrivacyConfig) -> dict[str, str]:
    """Give the variable that holds the key, for a process with another environment; nothing where none is needed."""
    if not config.mask or config.told != "hash":
        return {}
    return {config.key_variable: os.environ.get(config.key_variable, "")}


def keyed_hash(key: bytes, kind: str, canonical: str) -> str:
    """Hash a secret under a key, as `removals` tells it: the same secret has the same hash, however it was written."""
    message = f"{kind}:{canonical}".encode("utf-8", "surrogatepass")
    return f"hmac-sha256:{hmac.digest(key, message, 'sha256').hex()}"


def sealer(config: PrivacyConfig) -> Callable[[str], str] | None:
    """Give what digests of raw records and files go through before they are written or make ids; None: nothing.

    Who has all of a record but a phone number could try out numbers until its digest fits; under the key nobody can.
    """
    if not config.mask or config.told != "hash":
        return None
    key = read_key(config)
    return lambda digest: hmac.digest(key, f"digest:{digest}".encode(), "sha256").hex()


def _fingerprint(key: bytes) -> str:
    return hmac.digest(key, _FINGERPRINT, "sha256").hex()[:16]
