// A choice as text, in samples, models and --explain, outlives the compiler
// that wrote it: it names what was chosen by words, and reading it asks only
// whether it is a name, not whether this compiler still has such a choice.

#include "convopt/Primitives/ChoiceName.h"
#include "convopt/Primitives/Primitive.h"

namespace convopt {

ChoiceName nameOf(const Choice &choice) {
  return {choice.primitive->name().str(), choice.input, choice.output,
          choice.variant.name()};
}

std::string toString(const ChoiceName &name) {
  return name.primitive + " " + stringifyLayout(name.input).str() + "->" +
         stringifyLayout(name.output).str() + " " + toString(name.variant);
}

std::string toString(const Choice &choice) { return toString(nameOf(choice)); }

llvm::Expected<ChoiceName> parseChoiceName(llvm::StringRef text) {
  auto [primitive, rest] = text.split(' ');
  auto [layouts, variantText] = rest.split(' ');
  auto [from, to] = layouts.split("->");
  std::optional<Layout> input = symbolizeLayout(from);
  std::optional<Layout> output = symbolizeLayout(to);
  if (primitive.empty() || !input || !output)
    return llvm::createStringError(
        llvm::inconvertibleErrorCode(),
        "'" + text + "' is no choice, such as direct nhwc->nhwc 6x4");
  llvm::Expected<VariantName> variant = parseVariantName(variantText);
  if (!variant)
    return variant.takeError();
  return ChoiceName{primitive.str(), *input, *output, *variant};
}

} // namespace convopt
