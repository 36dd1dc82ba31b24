#include "OptionValues.h"

using namespace llvm;

namespace convopt {

Error parsePositive(const cl::opt<std::string> &option,
                    std::optional<double> &value) {
  double number;
  if (option.empty())
    return Error::success();
  if (StringRef(option).getAsDouble(number) || !(number > 0))
    return createStringError("--%s=%s: expected a positive number",
                             option.ArgStr.str().c_str(), option.c_str());
  value = number;
  return Error::success();
}

Error parseBytes(const cl::opt<std::string> &option,
                 std::optional<int64_t> &value) {
  int64_t bytes;
  if (option.empty())
    return Error::success();
  if (StringRef(option).getAsInteger(10, bytes) || bytes < 0)
    return createStringError("--%s=%s: expected a number of bytes",
                             option.ArgStr.str().c_str(), option.c_str());
  value = bytes;
  return Error::success();
}

static Expected<std::vector<int64_t>> parseShape(StringRef text) {
  std::vector<int64_t> dims;
  SmallVector<StringRef> parts;
  text.split(parts, 'x');
  for (StringRef part : parts) {
    int64_t size;
    if (part.getAsInteger(10, size) || size <= 0)
      return createStringError("'%s' is not a positive number",
                               part.str().c_str());
    dims.push_back(size);
  }
  return dims;
}

Error parseShapes(ArrayRef<std::string> shapes, ImportOptions &import) {
  for (StringRef option : shapes) {
    auto [name, dims] = option.rsplit(':');
    if (name.empty() || dims.empty())
      return createStringError("--shape=%s: expected NAME:1x3x224x224",
                               option.str().c_str());
    Expected<std::vector<int64_t>> parsed = parseShape(dims);
    if (!parsed)
      return createStringError("--shape=%s: %s", option.str().c_str(),
                               toString(parsed.takeError()).c_str());
    if (!import.shapes.try_emplace(name, std::move(*parsed)).second)
      return createStringError("--shape=%s: the input is named twice",
                               option.str().c_str());
  }
  return Error::success();
}

Error parseExplain(const cl::opt<std::string> &explain,
                   CompileOptions &options) {
  StringRef text(explain);
  if (text.empty())
    options.explain = explain.getNumOccurrences() > 0;
  else if (text == "json")
    options.explainJson = "-";
  else if (text.consume_front("json:") && !text.empty())
    options.explainJson = text.str();
  else
    return createStringError("--explain=%s: expected no value, json or "
                             "json:FILE",
                             explain.c_str());
  return Error::success();
}

Error checkReports(const CompileOptions &options, StringRef emit) {
  if (options.explainJson && options.emit == Emit::Linalg)
    return createStringError("--explain=json: --emit=linalg chooses nothing");
  if (!options.report.empty() && options.emit <= Emit::Kernels)
    return createStringError("--report: --emit=" + emit +
                             " plans no memory; expected llvm, asm, obj or "
                             "shared");
  if (!options.reportProfile.empty() && options.report.empty())
    return createStringError("--report-profile: only with --report");
  return Error::success();
}

} // namespace convopt
