// A name holds what two variants of one layer may differ by and leaves out what
// follows from the layer and the machine, so that samples of many layers speak
// of the same variant. It is written and read in this file alone; reading
// accepts only what writing gives, so that a variant has one spelling.

#include "convopt/Primitives/VariantName.h"

namespace convopt {

namespace {
// A letter before a number that is only written if there is one.
struct Part {
  char letter;
  int64_t VariantName::*number;
};
constexpr Part parts[] = {{'l', &VariantName::lanes},
                          {'s', &VariantName::strip},
                          {'c', &VariantName::columns}};
struct Flag {
  char letter;
  bool VariantName::*value;
};
constexpr Flag flags[] = {{'p', &VariantName::paired},
                          {'f', &VariantName::fresh}};
} // namespace

std::string toString(const VariantName &name) {
  std::string text =
      std::to_string(name.pixels) + "x" + std::to_string(name.vectors);
  for (const auto &[letter, number] : parts)
    if (name.*number)
      text += letter + std::to_string(name.*number);
  for (const auto &[letter, value] : flags)
    if (name.*value)
      text += letter;
  if (name.precision != Precision::Full)
    text += "-" + toString(name.precision).str();
  return text;
}

static bool consumeLetter(llvm::StringRef &text, char letter) {
  return text.consume_front(llvm::StringRef(&letter, 1));
}

// A number from one on.
static bool consumeNumber(llvm::StringRef &text, int64_t &number) {
  return !text.consumeInteger(10, number) && number > 0;
}

llvm::Expected<VariantName> parseVariantName(llvm::StringRef text) {
  VariantName name;
  auto [rest, precision] = text.split('-');
  bool valid = consumeNumber(rest, name.pixels) && consumeLetter(rest, 'x') &&
               consumeNumber(rest, name.vectors);
  for (const auto &[letter, number] : parts)
    if (valid && consumeLetter(rest, letter))
      valid = consumeNumber(rest, name.*number);
  for (const auto &[letter, value] : flags)
    name.*value = consumeLetter(rest, letter);
  if (!precision.empty()) {
    std::optional<Precision> found = parsePrecision(precision);
    valid = valid && found;
    name.precision = found.value_or(Precision::Full);
  }
  // Also no signs, zeros in front or numbers that are too large.
  if (!valid || toString(name) != text)
    return llvm::createStringError(
        llvm::inconvertibleErrorCode(),
        "'" + text + "' is no variant's name, such as 6x4 or 6x4l8s14c2p");
  return name;
}

} // namespace convopt
