"""The wheel also holds the app: Home.py, the pages and Streamlit's settings, below t2i_core/app. The rest is in pyproject.toml."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent
# Sources of scripts are made into served/, which is what the browser gets.
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "*.ts", "README.md")


class BuildWithApp(build_py):
    """Copies the app into the package that is built."""

    def run(self) -> None:
        super().run()
        if getattr(self, "editable_mode", False):
            return  # the checkout itself is the app
        app = Path(self.build_lib) / "t2i_core" / "app"
        shutil.rmtree(app, ignore_errors=True)
        app.mkdir(parents=True)
        shutil.copyfile(HERE / "Home.py", app / "Home.py")
        shutil.copytree(HERE / "pages", app / "pages", ignore=LEFT_OUT)
        (app / ".streamlit").mkdir()
        shutil.copyfile(HERE / ".streamlit" / "config.toml", app / ".streamlit" / "config.toml")


setup(cmdclass={"build_py": BuildWithApp})
