"""What a compilation gives where it is not loaded: an object for another machine, IR."""

import tempfile
from pathlib import Path

_SUFFIXES = {"obj": ".o", "shared": ".so"}


class CompiledFile:
    """A compiled model as a file that need not be one yet.

    bytes(compiled) is what would be in it, save() writes it and what belongs beside it, and where a path is wanted
    (open(compiled), subprocess.run(["aarch64-linux-gnu-gcc", compiled])) it is in a temporary folder as long as this
    lives. header and weights are None where the compilation has none, explanation and report where they were not asked
    for.
    """

    def __init__(self, results: dict, name: str, target: str, emit: str):
        """`results` are those of library.compile_model."""
        self._model = results["model"]
        self.name, self.target, self.emit = name, target, emit
        self.weights = results.get("weights")
        texts = ("header", "explanation", "report")
        self.header, self.explanation, self.report = (
            results[key].decode() if key in results else None for key in texts
        )
        self._folder = None

    def save(self, path) -> Path:
        """Writes it to `path`, and beside it the header (.h) and the weights (.weights) if there are any."""
        path = Path(path)
        path.write_bytes(self._model)
        if self.header is not None:
            path.with_suffix(".h").write_text(self.header)
        if self.weights is not None:
            path.with_suffix(".weights").write_bytes(self.weights)
        return path

    def __bytes__(self) -> bytes:
        """The file's contents."""
        return self._model

    def __fspath__(self) -> str:
        """A path to it, which is there as long as this object."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="convopt-")
            self.save(self._path())
        return str(self._path())

    def _path(self) -> Path:
        return Path(self._folder.name) / (self.name + _SUFFIXES.get(self.emit, ".mlir"))

    def __repr__(self) -> str:
        """Name, target and size."""
        return f"<convopt.CompiledFile {self.name}: {self.emit} for {self.target}, {len(self._model)} bytes>"
