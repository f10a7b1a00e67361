"""Settings from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from t2i_core.config import Settings, read_settings
from t2i_core.errors import T2IError


@pytest.mark.parametrize(
    "environ",
    [{}, dict.fromkeys(("T2I_DATA", "T2I_IMAGES", "T2I_MODEL", "T2I_DEVICE", "T2I_MAX_PIXELS", "T2I_FLOAT32"), "")],
)
def test_defaults(environ: dict[str, str]) -> None:
    assert read_settings(environ) == Settings(Path("data"), None, None, None, "auto", 100_000_000)


def test_everything_can_be_set() -> None:
    environ = {
        "T2I_DATA": "zoo",
        "T2I_IMAGES": "pictures",
        "T2I_MODEL": "ViT-B/32",
        "T2I_MODEL_DIR": "weights",
        "T2I_DEVICE": "cpu",
        "T2I_MAX_PIXELS": "1000",
        "T2I_FLOAT32": "1",
    }
    expected = Settings(Path("zoo"), Path("pictures"), "ViT-B/32", Path("weights"), "cpu", 1000, True)
    assert read_settings(environ) == expected


def test_the_process_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T2I_DATA", "elsewhere")
    assert read_settings().data_dir == Path("elsewhere")


def test_an_unknown_device() -> None:
    with pytest.raises(T2IError) as caught:
        read_settings({"T2I_DEVICE": "tpu"})
    assert str(caught.value) == (
        "T2I_DEVICE must be auto, cpu or cuda, got 'tpu'. Unset it to use a GPU where there is one."
    )


def test_a_switch_that_is_neither_on_nor_off() -> None:
    with pytest.raises(T2IError) as caught:
        read_settings({"T2I_FLOAT32": "yes"})
    assert str(caught.value) == (
        "T2I_FLOAT32 must be 1 (compute in float32 only) or 0, got 'yes'. "
        "Unset it to use quicker numbers where the machine has them."
    )


@pytest.mark.parametrize("value", ["0", "-5", "many", "1e6", "²"])
def test_a_limit_that_is_no_number(value: str) -> None:
    with pytest.raises(T2IError) as caught:
        read_settings({"T2I_MAX_PIXELS": value})
    assert str(caught.value) == (
        f"T2I_MAX_PIXELS must be a whole number above 0, got {value!r}. Unset it to use 100000000."
    )
