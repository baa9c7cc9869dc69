"""Reads what wick_reports wrote for TensorBoard with the package `tensorboard`.

usage: tensorboard_check.py FOLDER

Ends with 76 where there is no such package, see tests/interop/run.py."""
import struct
import sys

try:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
except ImportError:
    sys.exit(76)


def main(folder):
    everything = {"scalars": 0, "histograms": 0, "images": 0, "tensors": 0}
    events = EventAccumulator(folder, size_guidance=everything)
    events.Reload()
    scalars = [(event.step, event.value) for event in events.Scalars("Loss/train")]
    assert scalars == [(step, struct.unpack("f", struct.pack("f", 1 / (step + 1)))[0]) for step in range(5)], scalars
    (text,) = events.Tensors("Notes/text_summary")
    assert text.tensor_proto.string_val[0].decode() == "# Title\nof *Größe*", text
    (histogram,) = events.Histograms("Weights")
    value = histogram.histogram_value
    assert histogram.step == 3 and (value.min, value.max, value.num, value.sum) == (-1, 2, 5, 2), histogram
    assert sum(value.bucket) == 5 and len(value.bucket) == len(value.bucket_limit), histogram
    (picture,) = events.Images("Picture")
    assert (picture.width, picture.height) == (3, 2) and picture.encoded_image_string.startswith(b"\x89PNG"), picture
    print("TensorBoard reads scalars, text, histograms and pictures")


if __name__ == "__main__":
    main(sys.argv[1])
