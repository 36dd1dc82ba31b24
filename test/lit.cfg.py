import os

import lit.formats

config.name = "convopt"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.environment["PATH"] = os.pathsep.join([config.convopt_bin, config.llvm_tools_dir, os.environ["PATH"]])
config.environment["FILECHECK_OPTS"] = "-enable-var-scope --dump-input=fail"
config.environment["PYTHONPATH"] = os.path.join(config.convopt_source, "python")
config.substitutions.append(("%convopt_plugin", config.convopt_lib + "/ConvoptPlugin.so"))
config.substitutions.append(("%share", config.convopt_share))
config.substitutions.append(("%python", config.python))
config.substitutions.append(("%source", config.convopt_source))

if "-fsanitize=address" in config.cxx_flags:
    config.available_features.add("asan")
if config.build_type == "Release":
    config.available_features.add("release")
