"""How good a model is on measured primitives.

    python -m convopt.evaluate MODEL TABLE.csv... [--predictions=FILE.csv]

Tables are read as convopt.train reads them, with the same options.
"""

import csv
import sys
import zipfile

from convopt.corrected_table import load_any_table
from convopt.measures import predicted_seconds
from convopt.model import predict, read_model
from convopt.options import add_table_options, new_parser, read_options
from convopt.report import report


def predict_by(path, samples):
    """What the model in a file, of the compiler's features or of a table's, predicts for each sample."""
    if zipfile.is_zipfile(path):
        return load_any_table(path).predict(samples)
    return predict(read_model(path, samples), samples)


def write_predictions(path, samples, predicted):
    """A CSV: layer, choice, machine, seconds, and the seconds predicted."""
    try:
        file = sys.stdout if path == "-" else open(path, "w", newline="")
    except OSError as error:
        raise SystemExit(f"{path}: {error.strerror}") from None
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(["layer", "choice", "machine", "seconds", "predicted"])
    guesses = predicted_seconds(samples, predicted)
    columns = (samples.layers, samples.choices, samples.machines, samples.seconds, guesses)
    for layer, choice, machine, seconds, guess in zip(*columns, strict=True):
        rows.writerow([layer, choice, machine, f"{seconds:.6g}", f"{guess:.6g}"])
    if file is not sys.stdout:
        file.close()


def main():
    """Print the report for a model and tables."""
    parser = new_parser("convopt.evaluate", __doc__)
    parser.add_argument("model", metavar="MODEL")
    add_table_options(parser)
    parser.add_argument("--predictions", metavar="FILE.csv", help="write what is predicted for each sample")
    options = parser.parse_args()
    samples = read_options(options)
    predicted = predict_by(options.model, samples)
    if options.predictions:
        write_predictions(options.predictions, samples, predicted)
    if options.predictions != "-":
        print(report(samples, predicted), end="")


if __name__ == "__main__":
    main()
