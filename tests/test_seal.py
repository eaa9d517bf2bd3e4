"""The tree and the notes that seal the log, against published vectors, against a second statement of the tree, and attacked."""

import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit.seal import merkle, notes

# The leaves of Certificate Transparency's own tests of RFC 6962, and the roots of their first one, two, … eight.
LEAVES = [bytes.fromhex(leaf) for leaf in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + by_definition(leaves[:k]) + by_definition(leaves[k:])).digest()


def some(number: int) -> list[bytes]:
    return [merkle.leaf_hash(str(n).encode()) for n in range(number)]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_that_are_published(size):
    assert merkle.root_of([merkle.leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 9, 100, 255])
def test_a_tree_that_grew_leaf_by_leaf_has_the_root_of_its_definition(size):
    edge = merkle.Edge()
    for leaf in some(size):
        edge = merkle.Edge(edge.size, list(edge.nodes))  # as it is taken up again from where it was kept
        edge.add(leaf)
    assert edge.root() == by_definition(some(size))


def test_an_edge_that_does_not_fit_its_size_is_refused():
    with pytest.raises(ValueError, match="another edge"):
        merkle.Edge(3, some(3))


@given(st.integers(1, 70), st.data())
def test_every_leaf_is_proved_and_nothing_else(size, data):
    leaves = some(size)
    index = data.draw(st.integers(0, size - 1))
    proof, root = merkle.inclusion_proof(merkle.over(leaves), size, index), by_definition(leaves)
    assert merkle.is_included(leaves[index], index, size, proof, root)
    other = data.draw(st.integers(0, size).filter(lambda n: n != index))
    assert not merkle.is_included(leaves[index], other, size, proof, root)
    assert not merkle.is_included(merkle.leaf_hash(b"other"), index, size, proof, root)
    assert not merkle.is_included(leaves[index], index, size, [*proof, root], root)
    if proof:
        assert not merkle.is_included(leaves[index], index, size, proof[:-1], root)


@given(st.integers(0, 70), st.data())
def test_growth_is_proved_and_rewriting_is_not(size, data):
    leaves = some(size)
    earlier = data.draw(st.integers(0, size))
    proof = merkle.consistency_proof(merkle.over(leaves), size, earlier)
    roots = by_definition(leaves[:earlier]), by_definition(leaves)
    assert merkle.is_consistent(earlier, roots[0], size, roots[1], proof)
    if 0 < earlier < size:
        rewritten = [merkle.leaf_hash(b"rewritten"), *leaves[1:]]
        assert not merkle.is_consistent(
            earlier,
            roots[0],
            size,
            by_definition(rewritten),
            merkle.consistency_proof(merkle.over(rewritten), size, earlier),
        )
        assert not merkle.is_consistent(earlier, roots[0], size, roots[1], proof[:-1])
        assert not merkle.is_consistent(size, roots[1], earlier, roots[0], proof), "it shrank"


# The key and the note of the specification of signed notes, from the Go checksum database's own documentation.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

\N{EM DASH} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""


def test_a_note_that_others_signed_is_opened():
    verifier = notes.Verifier.read(GO_KEY)
    assert verifier.spelled() == GO_KEY
    assert notes.opened(GO_NOTE, verifier).startswith("If you think cryptography")


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note.replace("problem", "question"),
        lambda note: note.replace("x08go/ZJ", "x08go/ZK"),
        lambda note: note.replace("PeterNeumann", "EnochRoot"),
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.rpartition("\n\n")[0] + "\n",
    ],
)
def test_a_note_that_was_changed_is_not(change):
    with pytest.raises(notes.Forged):
        notes.opened(change(GO_NOTE), notes.Verifier.read(GO_KEY))


def test_checkpoint_comes_back_as_it_was_signed():
    key = Ed25519PrivateKey.generate()
    verifier = notes.Verifier("portal.example/audit", key.public_key().public_bytes_raw())
    said = notes.Checkpoint("portal.example/audit", 8, bytes.fromhex(ROOTS[7]))
    note = notes.sign(said.text(), verifier.name, key)
    assert notes.checkpoint(note, notes.Verifier.read(verifier.spelled())) == said
    two = note + note.splitlines()[-1].replace("portal.example/audit", "witness.example") + "\n"
    assert notes.checkpoint(two, verifier) == said, "a witness signed beside"


@pytest.mark.parametrize("size", ["08", "-1", "eight", ""])
def test_what_is_no_checkpoint_is_refused_though_it_is_signed(size):
    key = Ed25519PrivateKey.generate()
    verifier = notes.Verifier("log", key.public_key().public_bytes_raw())
    root = base64.b64encode(bytes(32)).decode()
    with pytest.raises(notes.Forged):
        notes.checkpoint(notes.sign(f"log\n{size}\n{root}\n", "log", key), verifier)
