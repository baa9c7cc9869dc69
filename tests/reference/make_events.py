# Makes events.tfevents: what PyTorch's SummaryWriter writes, whose records TensorBoardWriter has to write alike.
#
#   pip install torch==2.13 tensorboard==2.21.0 numpy==2.4.6
#   python make_events.py
import pathlib
import shutil
import tempfile
from unittest import mock

import numpy as np
from torch.utils.tensorboard import SummaryWriter

TIME = 1700000000.25


def main():
    with tempfile.TemporaryDirectory() as folder:
        with mock.patch("time.time", return_value=TIME):
            writer = SummaryWriter(folder)
            writer.add_scalar("first", 1.0, 0)  # makes the file
        for step, value in enumerate([1.0, 0.5, 0.0, -0.1, float("inf"), float("nan"), 1e-30]):
            writer.add_scalar("Loss/train", value, step, walltime=TIME)
        writer.add_scalar("long step", 3.25, 1 << 40, walltime=TIME)
        writer.add_scalar("negative step", 3.25, -2, walltime=TIME)
        writer.add_text("Notes", "# Title\n*Größe* 日本", 3, walltime=TIME)
        writer.add_text("Empty", "", 0, walltime=TIME)
        writer.add_histogram("Weights", np.array([-1.5, -1.0, 0.0, 0.25, 0.25, 2.0, 1024.0]), 7, walltime=TIME)
        writer.add_histogram("Ones", np.ones(5), 0, walltime=TIME)
        writer.add_histogram("Zeros", np.zeros(3), 0, walltime=TIME)
        writer.close()
        (file,) = pathlib.Path(folder).iterdir()
        shutil.copy(file, "events.tfevents")


main()
