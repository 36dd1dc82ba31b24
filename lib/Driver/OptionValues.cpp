#include "OptionValues.h"
#include "Sizes.h"
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

Error parsePrecisionNames(const OptionInfo &option, StringRef text,
                          CompileOptions &options) {
  if (Error error = parsePrecisions(text).takeError())
    return wrong(option, text, toString(std::move(error)));
  options.precisions = text.str();
  return Error::success();
}

/// The shapes that a text stands for: 1x3x8x8 is one, {1,4}x3x{8,16}x8 four,
/// the last alternative changing first.
static Expected<std::vector<Shape>> parseShapes(StringRef text) {
  std::vector<Shape> shapes(1);
  SmallVector<StringRef> parts;
  text.split(parts, 'x');
  for (StringRef part : parts) {
    SmallVector<StringRef> alternatives;
    StringRef inside = part;
    if (inside.consume_front("{") && inside.consume_back("}"))
      inside.split(alternatives, ',');
    else
      alternatives = {part};
    if (shapes.size() * alternatives.size() > mostSizes)
      return createStringError("more than %zu sizes", mostSizes);
    std::vector<Shape> longer;
    for (const Shape &shape : shapes)
      for (StringRef alternative : alternatives) {
        int64_t size;
        if (alternative.getAsInteger(10, size) || size <= 0)
          return createStringError("'%s' is not a positive number",
                                   alternative.str().c_str());
        longer.push_back(shape);
        longer.back().push_back(size);
      }
    shapes = std::move(longer);
  }
  return shapes;
}

Error parseShape(const OptionInfo &option, StringRef text,
                 CompileOptions &options) {
  auto [name, dims] = text.rsplit(':');
  if (name.empty() || dims.empty())
    return wrong(option, text, "expected NAME:1x3x224x224");
  Expected<std::vector<Shape>> parsed = parseShapes(dims);
  if (!parsed)
    return wrong(option, text, llvm::toString(parsed.takeError()));
  append_range(options.shapes[name.str()], *parsed);
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
