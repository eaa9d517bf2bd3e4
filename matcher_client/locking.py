"""Where the key comes from that locks a matcher's files: this process alone, the kernel's keyring, or a file."""

import ctypes
import errno
import os
import platform
import secrets
from pathlib import Path

from matcher_client.at_rest import KEY

MEMORY, KERNEL = "memory", "kernel"

# The system calls have no function in the C library. Their numbers differ by machine: add_key, keyctl.
CALLS = {"x86_64": (248, 250), "aarch64": (217, 219)}
USER_KEYRING = -4
SET_PERMISSIONS, SEARCH, READ = 5, 10, 11
WE_AND_OUR_USER = 0x3F3F0000  # so that the next process of the same user finds it, and nobody else


class NoKey(Exception):
    """The key cannot be had from there; the words say why and what to do."""


def key_from(source: str, state: Path) -> bytes | None:
    """The key that `source` names: `memory`, `kernel` or a file; None means one that ends with this process."""
    if source == MEMORY:
        return None
    if source == KERNEL:
        return kernel_key(f"anpr-matcher {state.resolve()}")
    return file_key(Path(source), state)


def file_key(path: Path, state: Path) -> bytes:
    """The key in a file, made on first use. Raises NoKey for a file that protects nothing."""
    if path.resolve().is_relative_to(state.resolve()):
        raise NoKey("A key kept beside what it locks protects nothing. Name a file outside the state directory.")
    try:
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(KEY))
                file.flush()
                os.fsync(file.fileno())
        key, mode = path.read_bytes(), path.stat().st_mode
    except OSError as error:
        raise NoKey(f"The key file cannot be used: {error}.") from error
    if mode & 0o077:
        raise NoKey(f"Others on this machine may read {path}. Take that from them: chmod 600.")
    if len(key) != KEY:
        raise NoKey(f"{path} is no key: it must hold exactly {KEY} bytes. Without a file there, one is made.")
    return key


def kernel_key(name: str) -> bytes:
    """The key that the kernel keeps for this user under a name, made on first use. It is gone when the power is."""
    if platform.system() != "Linux" or platform.machine() not in CALLS:
        raise NoKey("This machine has no keyring in its kernel that can be used. Choose memory, or a file.")
    add_key, keyctl = CALLS[platform.machine()]
    words = name.encode()
    number = _call(keyctl, SEARCH, USER_KEYRING, b"user", words, 0)
    if number < 0:
        if ctypes.get_errno() != errno.ENOKEY:
            raise _refused()
        made = secrets.token_bytes(KEY)
        number = _call(add_key, b"user", words, made, KEY, USER_KEYRING)
        if number < 0 or _call(keyctl, SET_PERMISSIONS, number, WE_AND_OUR_USER) < 0:
            raise _refused()
    key = ctypes.create_string_buffer(KEY)
    if _call(keyctl, READ, number, key, KEY) != KEY:
        raise _refused()
    return key.raw


def _call(*arguments: object) -> int:
    function = ctypes.CDLL(None, use_errno=True).syscall
    function.restype = ctypes.c_long
    return int(function(*(ctypes.c_long(part) if isinstance(part, int) else part for part in arguments)))


def _refused() -> NoKey:
    why = os.strerror(ctypes.get_errno())
    return NoKey(f"The kernel's keyring cannot be used here: {why}. Choose memory, or a file.")
