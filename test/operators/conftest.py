"""What these tests share."""

import numpy as np
import pytest


@pytest.fixture
def generator():
    """Random numbers, the same in every test."""
    return np.random.default_rng(7)
