// --shape as the sizes of one object. What is given for one input several times
// is one list of shapes; the lists of several inputs go along with each other,
// since a mask is as long as what it masks. That two sizes are the same is most
// likely a slip of the pen, and one that costs a compilation: it is refused.

#include "Sizes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace convopt {

static std::string toText(const Shape &shape) {
  return join(map_range(shape, [](int64_t size) { return itostr(size); }), "x");
}

std::string toString(const StringMap<Shape> &size) {
  std::vector<std::string> parts;
  for (const auto &input : size)
    parts.push_back(input.first().str() + ": " + toText(input.second));
  llvm::sort(parts); // A StringMap has an order of its own.
  return join(parts, ", ");
}

/// How many sizes the inputs' shapes are together.
static Expected<size_t>
countSizes(const std::map<std::string, std::vector<Shape>> &shapes) {
  size_t count = 1;
  const std::string *counted = nullptr;
  for (const auto &[input, given] : shapes) {
    if (given.size() == 1)
      continue;
    if (counted && given.size() != count)
      return createStringError("--shape: input '%s' has %zu shapes, '%s' has "
                               "%zu: expected as many, or one for all sizes",
                               counted->c_str(), count, input.c_str(),
                               given.size());
    count = given.size();
    counted = &input;
  }
  if (count > mostSizes)
    return createStringError("--shape=%s: more than %zu sizes",
                             counted->c_str(), mostSizes);
  return count;
}

Error combineShapes(CompileOptions &options) {
  Expected<size_t> count = countSizes(options.shapes);
  if (!count)
    return count.takeError();
  std::vector<StringMap<Shape>> sizes(*count);
  for (const auto &[input, given] : options.shapes)
    for (size_t i : seq(*count))
      sizes[i][input] = given[given.size() == 1 ? 0 : i];
  std::map<std::string, size_t> seen;
  for (auto [i, size] : enumerate(sizes)) {
    auto [known, isNew] = seen.try_emplace(toString(size), i);
    if (!isNew)
      return createStringError("--shape: sizes %zu and %zu are the same: %s",
                               known->second + 1, i + 1, known->first.c_str());
  }
  options.import.shapes = sizes.front();
  if (sizes.size() > 1)
    options.sizes = std::move(sizes);
  return Error::success();
}

} // namespace convopt
