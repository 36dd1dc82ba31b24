// What a compilation says of itself in files. They are written before the
// model, since a path that cannot be written to is likelier among them, and
// removed if the model cannot be written: either all is there or nothing.

#include "Explain.h"
#include "convopt/Driver/OutputFile.h"
#include "convopt/Report/Page.h"
#include "llvm/Support/FileSystem.h"

using namespace llvm;

namespace convopt {

bool wantsReports(const CompileOptions &options) {
  return options.explainJson || !options.report.empty();
}

static bool isStandardOutput(StringRef path) { return path == "-"; }

/// The paths of what was written, which is nothing behind an error.
static Error writeFiles(const CompileOptions &options,
                        const Explanation &explanation,
                        const json::Value *profile,
                        SmallVector<std::string> &written) {
  auto write = [&](const std::string &path,
                   function_ref<Error(raw_ostream &)> content) -> Error {
    if (Error error = writeOutput(path, content))
      return error;
    if (!isStandardOutput(path) && !isSpecialFile(path))
      written.push_back(path);
    return Error::success();
  };
  if (options.explainJson && !isStandardOutput(*options.explainJson))
    if (Error error = write(*options.explainJson, [&](raw_ostream &os) {
          writeExplanation(os, explanation);
          return Error::success();
        }))
      return error;
  if (options.report.empty())
    return Error::success();
  return write(options.report, [&](raw_ostream &os) {
    os << makePage(explanation, profile);
    return Error::success();
  });
}

Error writeWithReports(const CompileOptions &options,
                       const Explanation &explanation,
                       const json::Value *profile,
                       function_ref<Error()> writeModel) {
  if (!wantsReports(options))
    return writeModel();
  if (profile)
    if (Error error = checkRunProfile(options.reportProfile, *profile,
                                      *explanation.program))
      return error;
  SmallVector<std::string> written;
  Error error = writeFiles(options, explanation, profile, written);
  if (!error)
    error = writeModel();
  if (error) {
    for (const std::string &path : written)
      sys::fs::remove(path);
    return error;
  }
  if (options.explainJson && isStandardOutput(*options.explainJson))
    writeExplanation(explanations(options), explanation);
  return Error::success();
}

} // namespace convopt
