"""TorchScript archives: the weights come out as PyTorch names them, and nothing in the archive is ever run."""

from __future__ import annotations

import io
import os
import pickle
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from t2i_core.encoder import jit_archive
from t2i_core.encoder.checkpoints import read_state_dict
from t2i_core.encoder.jit_archive import DamagedArchiveError, ForeignObjectError, is_jit_archive, read_jit_archive
from t2i_core.errors import ModelError
from tests.core.clip_weights import save_jit, tiny_vit

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


class Odd(torch.nn.Module):
    """Shared parts, views of one storage, a tensor that is no weight, lists and dicts among the attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(2, 3)
        self.again = self.layer
        self.constant = torch.ones(3)
        self.names = ["a", "b"]
        self.counts = {"a": 1}
        self.sizes = [1.5, 2.5]
        self.whole = torch.nn.Parameter(torch.arange(12.0).reshape(3, 4))
        self.register_buffer("part", self.whole.data[1:, ::2])
        self.register_buffer("nothing", torch.empty(0, 4))
        self.register_buffer("scalar", torch.tensor(7))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        outputs: torch.Tensor = self.again(self.layer(x)) + self.constant
        return outputs


class Sprung(torch.nn.Module):
    """Its code runs when PyTorch loads it: it writes a file, and then never ends."""

    def __init__(self, mark: str, *, endless: bool) -> None:
        super().__init__()
        self.mark = mark
        self.endless = endless
        self.kept = torch.zeros(1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x

    @torch.jit.export
    def __getstate__(self) -> tuple[str, bool]:
        return self.mark, self.endless

    @torch.jit.export
    def __setstate__(self, state: tuple[str, bool]) -> None:
        self.training = False
        self.mark = state[0]
        self.endless = state[1]
        self.kept = torch.from_file(self.mark, True, 8)  # makes the file
        while self.endless:
            pass


def save_scripted(module: torch.nn.Module, path: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.script(module), path)
    return path


def changed(path: Path, name: str, content: bytes, *, compressed: bool = False) -> Path:
    """The archive with one part replaced, or added."""
    other = path.with_name(f"changed-{path.name}")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        root = old.namelist()[0].split("/")[0]
        for info in old.infolist():
            if info.filename != f"{root}/{name}":
                new.writestr(info.filename, old.read(info))
        kind = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        new.writestr(f"{root}/{name}", content, compress_type=kind)
    return other


def part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(f"{archive.namelist()[0].split('/')[0]}/{name}")


@pytest.mark.parametrize("half", [False, True])
def test_a_traced_clip_gives_what_pytorch_gives(tmp_path: Path, half: bool) -> None:
    path = tmp_path / "clip.pt"
    save_jit(tiny_vit(), path)
    if half:
        torch.jit.save(torch.jit.load(path).half(), path)
    expected = torch.jit.load(path).state_dict()
    found = read_jit_archive(path)
    assert set(found) == set(expected)
    for name, tensor in expected.items():
        assert found[name].dtype == tensor.dtype
        assert torch.equal(found[name], tensor), name


def test_a_scripted_module_gives_what_pytorch_gives(tmp_path: Path) -> None:
    path = save_scripted(Odd(), tmp_path / "odd.pt")
    expected = torch.jit.load(path).state_dict()
    found = read_jit_archive(path)
    assert set(found) == set(expected)
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_archives_of_older_versions_lack_some_parts(tmp_path: Path) -> None:
    path = save_scripted(torch.nn.Linear(2, 3), tmp_path / "old.pt")
    other = tmp_path / "older.pt"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for info in old.infolist():
            if not info.filename.endswith(("byteorder", ".debug_pkl")) and "/.data/" not in info.filename:
                new.writestr(info.filename, old.read(info))
    assert set(read_jit_archive(other)) == {"weight", "bias"}


@pytest.mark.slow
@pytest.mark.parametrize("endless", [False, True])
def test_code_in_an_archive_is_not_run(tmp_path: Path, endless: bool) -> None:
    mark = tmp_path / "written"
    module = Sprung(str(mark), endless=False)
    path = save_scripted(module, tmp_path / "trap.pt")
    if endless:
        path = changed(path, "data.pkl", part(path, "data.pkl").replace(pickle.NEWFALSE, pickle.NEWTRUE))
    assert is_jit_archive(path)
    code = (
        "import sys; from pathlib import Path; from t2i_core.encoder.checkpoints import read_state_dict\n"
        "try: print(read_state_dict(Path(sys.argv[1])))\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    done = subprocess.run(  # in a process of its own, so that a loop would fail this test and not stop all
        [sys.executable, "-c", code, path], capture_output=True, text=True, timeout=120, cwd=ROOT, check=True
    )
    assert done.stdout.startswith(
        f"ModelError A checkpoint must hold tensors only, and {path.name} holds other Python objects"
    )
    assert not mark.exists()


def test_torch_jit_load_would_have_run_it(tmp_path: Path) -> None:
    """The trap is one: otherwise the test above would pass whatever reads archives."""
    mark = tmp_path / "written"
    path = save_scripted(Sprung(str(mark), endless=False), tmp_path / "trap.pt")
    torch.jit.load(path)
    assert mark.exists()


class _Trap:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return os.mkdir, (str(self.mark),)


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_functions_named_in_the_description_are_not_called(tmp_path: Path, protocol: int) -> None:
    path, mark = save_scripted(torch.nn.Linear(2, 3), tmp_path / "a.pt"), tmp_path / "ran"
    trap = pickle.dumps({"weight": _Trap(mark)}, protocol=protocol)
    with pytest.raises(ModelError, match="must hold tensors only"):
        read_state_dict(changed(path, "data.pkl", trap))
    assert not mark.exists()


@pytest.mark.parametrize(
    "description",
    [
        b"",
        b".",
        b"nonsense",
        b"(" * 100_000,
        b"}q\x00h\x00h\x00s.",
        b"h\x05.",
        b"\x80\x02N.",
        b"c__torch__.M\nM\n)\x81}X\x01\x00\x00\x00wNsb",  # no end
        b"c__torch__.M\nM\n)\x81q\x00}X\x01\x00\x00\x00wh\x00sb.",  # a module in itself
        pytest.param(b"\x80\x02" + b"(" * 5_000_000 + b"t" * 4_000_000 + b".", id="large"),
    ],
)
def test_descriptions_that_are_none(tmp_path: Path, description: bytes) -> None:
    path = save_scripted(torch.nn.Linear(2, 3), tmp_path / "a.pt")
    with pytest.raises((DamagedArchiveError, ForeignObjectError)):
        read_jit_archive(changed(path, "data.pkl", description))


@pytest.mark.parametrize(
    ("size", "stride", "offset", "numel"),
    [
        ((2, 3), (0, 0), 0, 7),
        ((2**20, 2**20), (0, 0), 0, 6),  # one number that would become four terabytes when it is first used
        ((2, 3), (3, 1), 1, 6),
        ((2, 3), (3,), 0, 6),
        ((6,), (2,), 0, 6),
    ],
)
def test_tensors_that_do_not_fit_their_storage(
    tmp_path: Path, size: tuple[int, ...], stride: tuple[int, ...], offset: int, numel: int
) -> None:
    path = save_scripted(torch.nn.Linear(2, 3), tmp_path / "a.pt")
    fits = description_of((2, 3), (3, 1), 0, 6)
    assert set(read_jit_archive(changed(path, "data.pkl", fits))) == {"w"}
    with pytest.raises(DamagedArchiveError):
        read_jit_archive(changed(path, "data.pkl", description_of(size, stride, offset, numel)))


def description_of(size: tuple[int, ...], stride: tuple[int, ...], offset: int, numel: int) -> bytes:
    """A module with one tensor of the storage 0, written by pickle itself under the names the archive uses."""

    class Rebuilt:
        def __reduce__(self) -> tuple[object, ...]:
            return _stand_in, (Stored(), offset, size, stride, False, None)

    class Stored:
        pass

    class Pickler(pickle.Pickler):
        def persistent_id(self, value: object) -> object:
            return ("storage", _storage_stand_in, "0", "cpu", numel) if isinstance(value, Stored) else None

    buffer = io.BytesIO()
    Pickler(buffer, protocol=2).dump({"w": Rebuilt()})
    module = __name__.encode()
    inner = (
        buffer.getvalue()
        .removeprefix(b"\x80\x02")
        .removesuffix(b".")
        .replace(b"c" + module + b"\n_stand_in\n", b"ctorch._utils\n_rebuild_tensor_v2\n")
        .replace(b"c" + module + b"\n_storage_stand_in\n", b"ctorch\nFloatStorage\n")
    )
    return b"\x80\x02c__torch__.M\nM\n)\x81" + inner + b"b."


def _stand_in() -> None:
    """Named by `description_of`."""


def _storage_stand_in() -> None:
    """Named by `description_of`."""


def test_a_storage_that_is_compressed_or_short_is_refused(tmp_path: Path) -> None:
    path = save_scripted(torch.nn.Linear(2, 3), tmp_path / "a.pt")
    for content, compressed in ((bytes(24), True), (bytes(20), False), (bytes(28), False)):
        with pytest.raises(DamagedArchiveError):
            read_jit_archive(changed(path, "data/0", content, compressed=compressed))


def test_modules_that_contain_each_other_many_times_end(tmp_path: Path) -> None:
    """Thirty modules, each twice in the next, are a thousand million paths."""
    steps = b"\x80\x02c__torch__.M\nM\nq\x00)\x81q\x01"
    for depth in range(30):
        steps += (
            b"0h\x00)\x81q" + bytes([depth + 2]) + b"}(X\x01\x00\x00\x00ah" + bytes([depth + 1])
            + b"X\x01\x00\x00\x00bh" + bytes([depth + 1]) + b"ub"
        )  # fmt: skip
    path = save_scripted(torch.nn.Linear(2, 3), tmp_path / "a.pt")
    with pytest.raises((DamagedArchiveError, ForeignObjectError)):
        read_jit_archive(changed(path, "data.pkl", steps.replace(b"0h\x00", b"h\x00") + b"."))


def test_much_code_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save_scripted(Odd(), tmp_path / "odd.pt")
    monkeypatch.setattr(jit_archive, "MOST_CODE_BYTES", 10)
    with pytest.raises(DamagedArchiveError):
        read_jit_archive(path)


CUTS: dict[str, Callable[[bytes], bytes]] = {
    "bytes in front": lambda content: b"x" * 40 + content,
    "bytes behind": lambda content: content + b"x" * 70_000,
    "two in one": lambda content: content + content,
    "zeros inside": lambda content: content[:2000] + bytes(500) + content[2500:],
}


@pytest.mark.parametrize("cut", CUTS)
def test_damaged_zips_are_read_or_refused(tmp_path: Path, cut: str) -> None:
    path = tmp_path / "clip.pt"
    save_jit(tiny_vit(), path)
    expected = read_state_dict(path)
    path.write_bytes(CUTS[cut](path.read_bytes()))
    try:
        found = read_state_dict(path)
    except ModelError as error:
        assert "cannot be read as any of them" in str(error)
    else:
        assert all(torch.equal(found[name], expected[name]) for name in expected)
