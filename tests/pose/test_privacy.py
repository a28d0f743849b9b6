"""Nothing leaves the machine: MediaPipe's own usage reports end in a dead end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

RUN_MODEL = """
import sys, time
import numpy as np
from posecheck.pose import estimator
from posecheck.pose.model_files import choose_model
from posecheck.settings import load_settings
estimator.DEAD_END = sys.argv[1]
with estimator.MediaPipeEstimator(choose_model(load_settings())) as mediapipe:
    mediapipe.find_people(np.zeros((64, 64, 3), dtype=np.uint8))
time.sleep(2)
"""


@pytest.mark.model
def test_mediapipes_usage_reports_go_where_posecheck_points_them() -> None:
    """A listener in place of the dead end hears what would have gone out: the request to be connected to Google."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(30)
        environment = {**os.environ, "NO_PROXY": "*", "no_proxy": "*", "HTTPS_PROXY": "http://192.0.2.1:3128"}
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        child = subprocess.Popen([sys.executable, "-c", RUN_MODEL, address], env=environment, stderr=subprocess.DEVNULL)
        try:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(30)
                assert connection.recv(200).startswith(b"CONNECT play.googleapis.com")
        finally:
            child.kill()
            child.wait()


@pytest.mark.model
def test_what_else_the_process_reaches_goes_its_own_way() -> None:
    """Object storage by a proxy of the network, say."""
    ask = "import urllib.request; from posecheck.pose.estimator import load_library; load_library(); " + (
        "print(urllib.request.getproxies()['https'], urllib.request.proxy_bypass('s3.example'))"
    )
    environment = {**os.environ, "no_proxy": "s3.example", "NO_PROXY": "s3.example"}
    environment |= {"https_proxy": "http://192.0.2.1:3128", "HTTPS_PROXY": "http://192.0.2.1:3128"}
    told = subprocess.run([sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["http://192.0.2.1:3128", "True"]


@pytest.mark.model
def test_nothing_listens_in_the_dead_end() -> None:
    from posecheck.pose.estimator import DEAD_END

    host, port = DEAD_END.removeprefix("http://").split(":")
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((host, int(port)), timeout=5)
