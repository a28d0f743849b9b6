from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt

from posecheck.kinematics.low_pass import LowPass


@pytest.mark.parametrize("rate_hz", [12.0, 29.97, 60.0, 240.0])
@pytest.mark.parametrize("count", [4, 31, 500])
def test_it_is_scipys_butterworth_filter_forwards_and_backwards(rate_hz: float, count: int) -> None:
    values = np.random.default_rng(1).normal(size=(count, 5)).cumsum(axis=0) * 50 + 600
    padding = min(count - 1, int(rate_hz))
    expected = sosfiltfilt(butter(2, 3.7, fs=rate_hz, output="sos"), values, axis=0, padlen=padding)
    smoothed = LowPass.at(3.7, rate_hz).both_ways(values, padding=padding)
    np.testing.assert_allclose(smoothed, expected, rtol=0, atol=1e-8)  # pixels; rounding alone


def test_slow_movement_passes_without_lag_and_trembling_does_not() -> None:
    time_s = np.arange(0, 8, 1 / 30)
    slow, fast = np.sin(2 * np.pi * 0.25 * time_s), np.sin(2 * np.pi * 12.0 * time_s)
    smoothed = LowPass.at(3.7, 30.0).both_ways(np.column_stack([slow, fast]), padding=30)[60:-60]
    assert np.abs(smoothed[:, 0] - slow[60:-60]).max() < 0.001
    assert np.abs(smoothed[:, 1]).max() < 0.01
