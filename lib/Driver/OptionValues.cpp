#include "OptionValues.h"
#include "convopt/IR/NearestName.h"
#include "convopt/Primitives/Primitive.h"
#include "convopt/Primitives/PrimitiveNames.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace convopt {

static Error wrong(const OptionInfo &option, StringRef text,
                   const Twine &problem) {
  return createStringError(option.spelling() + "=" + text + ": " + problem);
}

Error parsePositive(const OptionInfo &option, StringRef text,
                    std::optional<double> &value) {
  double number;
  if (text.empty())
    return Error::success();
  if (text.getAsDouble(number) || !(number > 0))
    return wrong(option, text, "expected a positive number");
  value = number;
  return Error::success();
}

Error parseBytes(const OptionInfo &option, StringRef text,
                 std::optional<int64_t> &value) {
  int64_t bytes;
  if (text.empty())
    return Error::success();
  if (text.getAsInteger(10, bytes) || bytes < 0)
    return wrong(option, text, "expected a number of bytes");
  value = bytes;
  return Error::success();
}

Error parseThreads(const OptionInfo &option, StringRef text,
                   CompileOptions &options) {
  if (text.getAsInteger(10, options.threads) || options.threads < 1 ||
      options.threads > 1024)
    return wrong(option, text, "expected 1 to 1024");
  return Error::success();
}

Error parseFlag(const OptionInfo &option, StringRef text, bool &value) {
  value = true;
  if (text.empty())
    return Error::success();
  return wrong(option, text, "this option takes no value");
}

static constexpr std::pair<StringRef, Emit> emits[] = {
    {"linalg", Emit::Linalg},   {"annotated", Emit::Annotated},
    {"kernels", Emit::Kernels}, {"llvm", Emit::Llvm},
    {"asm", Emit::Asm},         {"obj", Emit::Object},
    {"shared", Emit::Shared}};

StringRef toString(Emit emit) {
  for (auto [name, value] : emits)
    if (value == emit)
      return name;
  llvm_unreachable("an emit");
}

Error parseEmit(const OptionInfo &option, StringRef text,
                CompileOptions &options) {
  SmallVector<StringRef> names;
  for (auto [name, emit] : emits) {
    names.push_back(name);
    options.emit = text == name ? emit : options.emit;
  }
  if (is_contained(names, text))
    return Error::success();
  return wrong(option, text,
               "expected " + join(ArrayRef(names).drop_back(), ", ") + " or " +
                   names.back() + didYouMean(text, names));
}

Error parseWeights(const OptionInfo &option, StringRef text,
                   CompileOptions &options) {
  options.weights =
      text == "external" ? WeightsPlace::External : WeightsPlace::Internal;
  if (text == "external" || text == "internal")
    return Error::success();
  return wrong(option, text,
               "expected internal or external" +
                   didYouMean(text, {"internal", "external"}));
}

Error parsePrimitive(const OptionInfo &option, StringRef text,
                     CompileOptions &options) {
  options.forcePrimitive = findPrimitive(text);
  if (options.forcePrimitive)
    return Error::success();
  std::vector<StringRef> names = primitiveNames();
  return wrong(option, text,
               "unknown primitive; there are " + join(names, ", ") +
                   didYouMean(text, names));
}

static Expected<std::vector<int64_t>> parseDims(StringRef text) {
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

Error parseShape(const OptionInfo &option, StringRef text,
                 CompileOptions &options) {
  auto [name, dims] = text.rsplit(':');
  if (name.empty() || dims.empty())
    return wrong(option, text, "expected NAME:1x3x224x224");
  Expected<std::vector<int64_t>> parsed = parseDims(dims);
  if (!parsed)
    return wrong(option, text, llvm::toString(parsed.takeError()));
  if (!options.import.shapes.try_emplace(name, std::move(*parsed)).second)
    return wrong(option, text, "the input is named twice");
  return Error::success();
}

Error parseExplain(const OptionInfo &option, StringRef text,
                   CompileOptions &options) {
  StringRef rest = text;
  if (text.empty())
    options.explain = true;
  else if (text == "json")
    options.explainJson = "-";
  else if (rest.consume_front("json:") && !rest.empty())
    options.explainJson = rest.str();
  else
    return wrong(option, text, "expected no value, json or json:FILE");
  return Error::success();
}

} // namespace convopt
