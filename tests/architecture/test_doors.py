"""The doors of the house: which room may import what. A breach is named with its file and line."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest

from tests.architecture.source_tree import ROOT, Source, below, call_breaches, import_breaches, sources

HEAVY = (
    "torch",
    "torchvision",
    "clip",
    "umap",
    "plotly",
    "streamlit",
    "transformers",
    "faiss",
    "numba",
    "pymilvus",
    "grpc",
    "mcp",
    "starlette",
    "uvicorn",
)
PLACE = re.compile(r"(t2i_core|pages|recipes)/[\w/]*(\.py)?")

# A room imports only rooms of a smaller number. A new room gets its number here.
LEVELS = {
    "t2i_core": 0,  # the version, and what `api` hands out there once somebody asks for it
    "errors": 0,
    "scores": 0,
    "arrays": 1,
    "query": 1,
    "pictures": 1,
    "types": 2,
    "memory": 3,
    "config": 3,
    "cores": 3,
    "encoder": 4,
    "index": 4,
    "neighbours": 4,
    "ranks": 4,
    "export": 4,
    "evaluation": 5,
    "dataset": 5,
    "captions": 6,
    "importers": 6,
    "marks": 6,
    "relevance": 7,
    "facets": 7,
    "engine": 8,
    "projection": 8,
    "building": 8,
    "training": 8,
    "audit": 9,
    "exchange": 9,
    "lab": 9,
    "remote": 9,
    "opening": 10,
    "doctor": 11,
    "api": 11,
    "serving": 12,
    "commands": 13,
    "cli": 14,
    "__main__": 15,
}
# `import t2i_core as t2i` offers these rooms' verbs, which are imported when they are asked for (`test_importing_is_light`).
OFFERED_AT_THE_DOOR = {"t2i_core": {"api"}}


def room_of(module: str) -> str:
    """``t2i_core.dataset.reading`` → ``dataset``, ``t2i_core.types`` → ``types``."""
    parts = module.split(".")
    return parts[0] if len(parts) == 1 else parts[1]


def core_modules() -> set[str]:
    return {source.module for source in below("t2i_core/")}


def test_every_file_is_read() -> None:
    """The other tests would pass over a folder that is no longer there."""
    assert {source.path for source in sources()} >= {"Home.py", "pages/search.py", "t2i_core/cli.py"}
    assert len(below("pages/_ui/")) > 3
    assert len(below("t2i_core/dataset/")) > 3


def test_what_is_allowed_something_is_there() -> None:
    """A file that was renamed or removed must not leave its permission to the next one of that name."""
    here = next(source for source in sources() if source.path == "tests/architecture/test_doors.py")
    named = {
        node.value
        for node in here.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and PLACE.fullmatch(node.value)
    }
    named -= {"t2i_core/x/y.py", "t2i_core/x/", "t2i_core/gone.py"}  # made up, in the tests of these tests
    assert named
    assert [place for place in sorted(named) if not below(place)] == []
    assert not below("t2i_core/gone.py")
    assert sorted(set(LEVELS) - {room_of(source.module) if source.module != "t2i_core" else "t2i_core"
                                 for source in below("t2i_core/")}) == []  # fmt: skip


def test_the_core_knows_no_pages_and_no_streamlit() -> None:
    assert import_breaches(below("t2i_core/", "recipes/"), ("streamlit", "pages")) == []


def test_nothing_that_runs_knows_recipes() -> None:
    assert import_breaches(below("t2i_core/", "pages/", "Home.py"), ("recipes",)) == []


def test_clip_is_imported_in_one_place() -> None:
    assert (
        import_breaches(below("t2i_core/", "pages/", "recipes/", "Home.py"), ("clip",), allowed=("t2i_core/encoder/",))
        == []
    )


def test_torch_stays_with_models() -> None:
    allowed = ("t2i_core/encoder/", "t2i_core/training/", "recipes/")
    files = below("t2i_core/", "pages/", "recipes/", "Home.py")
    assert import_breaches(files, ("torch", "torchvision", "transformers", "safetensors"), allowed=allowed) == []


def test_umap_stays_with_projections() -> None:
    files = below("t2i_core/", "pages/", "recipes/", "Home.py")
    assert import_breaches(files, ("umap",), allowed=("t2i_core/projection",)) == []
    assert import_breaches(below("pages/", "Home.py"), ("numba",)) == []  # seconds to compile, in a page's way


def test_faiss_stays_with_the_approximate_index() -> None:
    files = below("t2i_core/", "pages/", "recipes/", "Home.py")
    assert import_breaches(files, ("faiss",), allowed=("t2i_core/index/ann.py",)) == []


def test_the_sdk_for_agents_stays_in_one_file() -> None:
    files = below("t2i_core/", "pages/", "recipes/", "Home.py")
    assert import_breaches(files, ("mcp", "mcp_types"), allowed=("t2i_core/serving/agents.py",)) == []


def test_plotly_is_not_imported() -> None:
    """The map loads its script in the browser; as a Python module it takes a second."""
    assert import_breaches(below("t2i_core/", "pages/", "recipes/", "Home.py"), ("plotly",)) == []


def test_the_network_is_for_weights_only() -> None:
    network = ("urllib.request", "http.client", "socket", "requests", "httpx", "aiohttp", "pymilvus", "grpc")
    # The last opens no connection: it names an option of the server's own socket.
    allowed = ("t2i_core/encoder/weight_files.py", "t2i_core/index/milvus.py", "pages/_ui/serving/at_once.py")
    assert import_breaches(below("t2i_core/", "pages/", "recipes/", "Home.py"), network, allowed=allowed) == []


def test_pictures_are_opened_in_one_place() -> None:
    files = below("t2i_core/", "pages/", "recipes/", "Home.py")
    opening = ("Image.open", "pillow.open", "cv2.imread", "imageio.imread", "ImageFile.Parser")
    assert call_breaches(files, opening, allowed=("t2i_core/pictures/decoding.py",)) == []
    assert import_breaches(files, ("PIL.Image.open", "cv2", "imageio")) == []


def test_disk_formats_are_known_in_one_place() -> None:
    allowed = (
        "t2i_core/dataset/",
        "t2i_core/projection",  # stores its own coordinates
        "t2i_core/building/workshop.py",  # finished batches of a build that still runs: no dataset yet
        "t2i_core/training/",  # features kept between runs
        "recipes/",  # sentence vectors and more, likewise
    )
    numpy_files = [f"{numpy}.{name}" for numpy in ("np", "numpy") for name in _NUMPY_FILES]
    pandas_files = [f"{pandas}.{name}" for pandas in ("pd", "pandas") for name in _PANDAS_FILES]
    files = below("t2i_core/", "pages/", "recipes/", "Home.py")
    assert call_breaches(files, (*numpy_files, *pandas_files), allowed=allowed) == []


_NUMPY_FILES = ("load", "save", "savez", "savez_compressed", "fromfile", "memmap", "loadtxt", "genfromtxt")
_PANDAS_FILES = ("read_csv", "read_parquet", "read_pickle", "read_json", "read_table", "read_feather")


def test_nothing_pickled_is_ever_read() -> None:
    files = below("t2i_core/", "pages/", "recipes/", "Home.py")
    # pickle's error is what torch raises when it refuses such a file.
    loading = ("pickle.load", "pickle.loads", "pickle.Unpickler", "joblib.load", "dill.load")
    assert call_breaches(files, loading) == []
    told = [
        f"{source.path}:{node.lineno}"
        for source in files
        for node in source.nodes
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if (keyword.arg, getattr(keyword.value, "value", None)) in {("allow_pickle", True), ("weights_only", False)}
    ]
    assert told == []


def test_caches_stand_in_one_room() -> None:
    breaches = [
        f"{source.path}:{line} {name}"
        for source in below("pages/", "Home.py", "t2i_core/", "recipes/")
        if not source.path.startswith("pages/_ui/resources/")
        for line, name in [*source.attributes(), *source.imports()]
        if ".cache_data" in name or ".cache_resource" in name
    ]
    assert breaches == []


def test_pages_are_small_and_catch_our_errors_only() -> None:
    pages = [source for source in below("pages/") if source.path.count("/") == 1]
    assert pages
    for source in pages:
        assert len(source.text.splitlines()) <= 60, source.path
        for node in source.nodes:
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else "everything"
                assert caught == "T2IError", f"{source.path}:{node.lineno} catches {caught}"


def test_a_page_imports_no_page() -> None:
    names = tuple(
        source.module for source in below("pages/") if source.path.count("/") == 1 and source.module != "pages"
    )
    assert import_breaches(below("pages/", "Home.py"), names) == []


def test_nobody_asks_whether_a_gallery_is_a_folder_or_a_collection() -> None:
    """Only what opens them knows; everybody else asks the gallery how many pictures there are and who searches."""
    asking = ("whole", "collection_of", "source_of", "CollectionSource")
    allowed = ("t2i_core/types.py", "t2i_core/remote/", "t2i_core/opening.py")
    assert [
        f"{source.path}:{node.lineno}"
        for source in below("t2i_core/", "pages/", "Home.py", "recipes/", "benchmarks/")
        if not source.path.startswith(allowed)
        for node in source.nodes
        if (isinstance(node, ast.Attribute) and node.attr in asking)
        or (isinstance(node, ast.ImportFrom) and any(one.name in asking for one in node.names))
    ] == []


@pytest.mark.parametrize("source", below("t2i_core/"), ids=lambda source: source.path)
def test_rooms_import_downwards_only(source: Source) -> None:
    own = room_of(source.module)
    assert own in LEVELS, f"{own} is a new room: give it a level in this test"
    modules = core_modules()
    for line, name in source.imports():
        if name.split(".")[0] != "t2i_core":
            continue
        module = name if name in modules else name.rpartition(".")[0]
        room = room_of(module)
        if room != own and room not in OFFERED_AT_THE_DOOR.get(own, ()):
            assert LEVELS.get(room, 0) < LEVELS[own], f"{source.path}:{line} {own} may not import {room}"


@pytest.mark.parametrize(
    "code",
    [
        "import t2i_core, t2i_core.types, t2i_core.config, t2i_core.errors",
        "import t2i_core.cli; t2i_core.cli.build_parser()",
        "import t2i_core as t2i; t2i.open",
        "import t2i_core.encoder, t2i_core.engine, t2i_core.dataset, t2i_core.captions.suggestions, t2i_core.export",
    ],
)
def test_importing_is_light(code: str) -> None:
    """In a fresh process, because this one has loaded everything already."""
    check = f"{code}; import sys; print(*sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.split() == []


def test_breaches_are_found() -> None:
    """The tests above could not fail if the search for breaches found nothing."""
    text = "def f():\n    from PIL import Image\n    import torch.nn as nn\n    Image.open('x')\n"
    source = Source("t2i_core/x/y.py", text, ast.parse(text))
    assert import_breaches([source], ("torch",)) == ["t2i_core/x/y.py:3 torch.nn"]
    assert import_breaches([source], ("torch",), allowed=("t2i_core/x/",)) == []
    assert call_breaches([source], ("Image.open",)) == ["t2i_core/x/y.py:4 Image.open"]
    relative = Source("t2i_core/x/y.py", "", ast.parse("from .. import engine\nfrom .z import w\nfrom . import v"))
    assert [name for _, name in relative.imports()] == ["t2i_core.engine", "t2i_core.x.z.w", "t2i_core.x.v"]
