"""The installed wheel works alone: outside the checkout, with its own model, movements and sample videos."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Installed:
    """An environment that holds posecheck from its wheel, and an empty folder to run it in."""

    python: Path
    folder: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "POSECHECK"))}
        return subprocess.run(
            [self.python, *arguments], cwd=self.folder, env=environ, capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(CHECKOUT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("posecheck-*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel alone; the libraries it needs are lent by the environment that runs the tests.

    They are lent through a .pth file. Python does not follow .pth files inside a folder added that way, so the
    editable posecheck of the tests' own environment stays out of sight.
    """
    root = tmp_path_factory.mktemp("environment")
    venv.create(root, with_pip=False, symlinks=os.name != "nt")
    scheme = sysconfig.get_preferred_scheme("prefix")
    paths = sysconfig.get_paths(scheme, vars={"base": str(root), "platbase": str(root)})
    python = Path(paths["scripts"]) / Path(sys.executable).name
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    lent = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (Path(paths["purelib"]) / "lent.pth").write_text("\n".join(lent), encoding="utf-8")
    folder = tmp_path_factory.mktemp("empty")
    return Installed(python, folder)


def test_wheel_holds_what_works_offline_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {"pose_landmarker_full.task", "face_detection_full_range_sparse.tflite", "checksums.toml", "README.md"}
    assert {f"posecheck/data/models/{name}" for name in wanted} <= names
    for clip in (CHECKOUT / "sample_videos").glob("*.mp4"):
        assert {f"posecheck/data/sample_videos/{clip.name}", f"posecheck/data/sample_videos/{clip.stem}.json"} <= names
    assert "posecheck/data/sample_videos/README.md" in names
    for path in (CHECKOUT / "posecheck").rglob("*.toml"):
        assert path.relative_to(CHECKOUT).as_posix() in names
    top_level = {name.split("/")[0] for name in names}
    assert all(name == "posecheck" or name.endswith(".dist-info") for name in top_level), top_level
    assert not [name for name in names if name.endswith(".csv")], "true angles per frame serve the checkout only"


def test_installed_package_is_the_wheels_own(installed: Installed) -> None:
    code = "import posecheck.settings as s; print(s.__file__, s.find_models_dir(), s.find_samples_dir(), sep='\\n')"
    done = installed.run("-c", code)
    assert done.returncode == 0, done.stderr
    environment = installed.python.parents[1]
    for path in done.stdout.splitlines():
        assert Path(path).is_relative_to(environment), path


def test_installed_model_is_verified(installed: Installed) -> None:
    code = (
        "from posecheck.pose.model_files import choose_model; from posecheck.settings import load_settings; "
        "print(choose_model(load_settings()).state)"
    )
    done = installed.run("-c", code)
    assert done.stdout.strip() == "ok", done.stderr


@pytest.mark.model
def test_installed_command_analyses_a_clip_outside_the_checkout(installed: Installed) -> None:
    clip = CHECKOUT / "sample_videos" / "toe_touch_pre.mp4"
    done = installed.run(
        "-m", "posecheck", "analyze", str(clip), "--movement", "toe-touch", "--side", "left", "-o", "out"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    written = {path.name for path in (installed.folder / "out").iterdir()}
    assert {"angles.csv", "repetitions.csv", "trial.json", "landmarks.parquet", "annotated.mp4"} <= written


def test_installed_package_is_imported_in_a_moment_and_knows_its_tests(installed: Installed) -> None:
    code = (
        "import sys, posecheck; heavy = {'mediapipe', 'matplotlib', 'cv2', 'pandas'} & set(sys.modules); "
        "print(heavy, posecheck.__version__, *posecheck.builtin_movements())"
    )
    done = installed.run("-c", code)
    assert done.returncode == 0, done.stderr
    heavy, version, *movements = done.stdout.split()
    assert heavy == "set()"
    assert version == posecheck_version()
    assert "toe-touch" in movements


def posecheck_version() -> str:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


@pytest.mark.model
def test_installed_package_measures_a_clip_from_python(installed: Installed) -> None:
    clip = CHECKOUT / "sample_videos" / "toe_touch_pre.mp4"
    code = (
        f"import posecheck; moving = posecheck.angles({str(clip)!r}, end_s=1); print(moving.view, len(moving.angles))"
    )
    done = installed.run("-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["side", "31"]  # 30 pictures a second, the one at 1.0 s included
