#include "OptionValues.h"
#include "convopt/IR/NearestName.h"
#include "convopt/Primitives/Primitive.h"
#include "convopt/Primitives/PrimitiveNames.h"
#include "llvm/ADT/StringExtras.h"

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

Error parseFlag(const cl::opt<std::string> &option, bool &value) {
  value = option.getNumOccurrences() > 0;
  if (option.empty())
    return Error::success();
  return createStringError("%s%s=%s: this option takes no value",
                           option.ArgStr.size() > 1 ? "--" : "-",
                           option.ArgStr.str().c_str(), option.c_str());
}

Error parseEmit(const cl::opt<std::string> &option, Emit &value) {
  static constexpr std::pair<StringRef, Emit> emits[] = {
      {"linalg", Emit::Linalg},   {"annotated", Emit::Annotated},
      {"kernels", Emit::Kernels}, {"llvm", Emit::Llvm},
      {"asm", Emit::Asm},         {"obj", Emit::Object},
      {"shared", Emit::Shared}};
  SmallVector<StringRef> names;
  for (auto [name, emit] : emits) {
    names.push_back(name);
    value = option == name.str() ? emit : value;
  }
  if (is_contained(names, StringRef(option)))
    return Error::success();
  return createStringError("--emit=" + option.getValue() + ": expected " +
                           join(ArrayRef(names).drop_back(), ", ") + " or " +
                           names.back() + didYouMean(option, names));
}

Error parseWeights(const cl::opt<std::string> &option, WeightsPlace &value) {
  value =
      option == "external" ? WeightsPlace::External : WeightsPlace::Internal;
  if (option == "external" || option == "internal")
    return Error::success();
  return createStringError("--weights=" + option.getValue() +
                           ": expected internal or external" +
                           didYouMean(option, {"internal", "external"}));
}

Error parsePrimitive(const cl::opt<std::string> &option,
                     const Primitive *&value) {
  if (!option.getNumOccurrences())
    return Error::success();
  value = findPrimitive(option);
  if (value)
    return Error::success();
  std::vector<StringRef> names = primitiveNames();
  return createStringError("--force-primitive=" + option.getValue() +
                           ": unknown primitive; there are " +
                           join(names, ", ") + didYouMean(option, names));
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
