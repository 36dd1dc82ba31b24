#include "convopt/CostModel/LayerText.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace convopt;
using llvm::createStringError;
using llvm::StringRef;

namespace {
/// The numbers of one key, in their order, in units of x.
struct Field {
  StringRef key;
  llvm::SmallVector<int64_t *, 4> values;
};
} // namespace

static llvm::SmallVector<Field> fields(ConvLayer &l) {
  return {{"n", {&l.batch}},
          {"g", {&l.groups}},
          {"c", {&l.inChannels}},
          {"k", {&l.outChannels}},
          {"h", {&l.inHeight}},
          {"w", {&l.inWidth}},
          {"r", {&l.kernelHeight, &l.kernelWidth}},
          {"s", {&l.strideHeight, &l.strideWidth}},
          {"d", {&l.dilationHeight, &l.dilationWidth}},
          {"p", {&l.padTop, &l.padBottom, &l.padLeft, &l.padRight}}};
}

std::string convopt::layerText(const ConvProblem &layer) {
  ConvProblem copy = layer;
  std::string text;
  for (const Field &field : fields(copy)) {
    text += (text.empty() ? "" : " ") + field.key.str() + "=";
    for (size_t i = 0; i < field.values.size(); ++i)
      text += (i ? "x" : "") + std::to_string(*field.values[i]);
  }
  if (isQuantised(layer.types))
    text += " t=" + toString(layer.types.input).str();
  return text;
}

std::string convopt::layerSummary(const ConvProblem &layer) {
  std::string text;
  llvm::raw_string_ostream os(text);
  auto pair = [&](const char *before, int64_t a, int64_t b) {
    os << before << a;
    if (a != b)
      os << 'x' << b;
  };
  if (layer.batch != 1)
    os << layer.batch << " x ";
  os << layer.groups * layer.inChannels << "->"
     << layer.groups * layer.outChannels << ' ' << layer.outHeight << 'x'
     << layer.outWidth << ' ' << layer.kernelHeight << 'x' << layer.kernelWidth;
  if (layer.strideHeight != 1 || layer.strideWidth != 1)
    pair(" /", layer.strideHeight, layer.strideWidth);
  if (layer.padTop == layer.padBottom && layer.padLeft == layer.padRight) {
    if (layer.isPadded())
      pair(" +", layer.padTop, layer.padLeft);
  } else {
    os << " +" << layer.padTop << ',' << layer.padLeft << ',' << layer.padBottom
       << ',' << layer.padRight;
  }
  if (layer.dilationHeight != 1 || layer.dilationWidth != 1)
    pair(" dilated ", layer.dilationHeight, layer.dilationWidth);
  if (layer.groups != 1)
    os << " groups " << layer.groups;
  if (!(layer.types == ConvTypes()))
    os << ' ' << toString(layer.types.input);
  return text;
}

/// Large enough for any layer, small enough that no product overflows.
static constexpr int64_t largest = 1 << 16;

static llvm::Error setField(Field &field, StringRef word) {
  llvm::SmallVector<StringRef> numbers;
  word.split('=').second.split(numbers, 'x');
  if (numbers.size() != field.values.size())
    return createStringError("'" + word + "' needs " +
                             llvm::Twine(field.values.size()) + " numbers");
  for (size_t i = 0; i < numbers.size(); ++i) {
    int64_t least = field.key == "p" ? 0 : 1;
    if (numbers[i].getAsInteger(10, *field.values[i]) ||
        *field.values[i] < least || *field.values[i] > largest)
      return createStringError("'" + word + "' is out of range");
  }
  return llvm::Error::success();
}

static llvm::Error setTypes(ConvTypes &types, StringRef name) {
  for (ElementType byte : {ElementType::U8, ElementType::I8})
    if (name == toString(byte)) {
      types = {byte, ElementType::I8, ElementType::I32, byte};
      return llvm::Error::success();
    }
  return createStringError("'t=" + name + "' is neither u8 nor i8");
}

static int64_t outputs(int64_t in, int64_t pads, int64_t kernel, int64_t stride,
                       int64_t dilation) {
  int64_t room = in + pads - (kernel - 1) * dilation - 1;
  return room < 0 ? 0 : room / stride + 1;
}

llvm::Expected<ConvProblem> convopt::parseLayer(StringRef text) {
  ConvProblem layer;
  auto table = fields(layer);
  llvm::StringMap<bool> seen;
  llvm::SmallVector<StringRef> words;
  text.split(words, ' ', -1, /*KeepEmpty=*/false);
  for (StringRef word : words) {
    StringRef key = word.split('=').first;
    if (key == "t") {
      if (llvm::Error e = setTypes(layer.types, word.split('=').second))
        return e;
      continue;
    }
    auto *field =
        llvm::find_if(table, [&](const Field &f) { return f.key == key; });
    if (field == table.end())
      return createStringError("unknown '" + word + "'");
    if (llvm::Error e = setField(*field, word))
      return e;
    seen[key] = true;
  }
  for (StringRef key : {"c", "k", "h", "w"})
    if (!seen.count(key))
      return createStringError("'" + key + "' is missing");
  layer.outHeight =
      outputs(layer.inHeight, layer.padTop + layer.padBottom,
              layer.kernelHeight, layer.strideHeight, layer.dilationHeight);
  layer.outWidth =
      outputs(layer.inWidth, layer.padLeft + layer.padRight, layer.kernelWidth,
              layer.strideWidth, layer.dilationWidth);
  if (layer.outHeight == 0 || layer.outWidth == 0)
    return createStringError("the kernel is larger than the padded image");
  return layer;
}

llvm::Expected<std::vector<ConvProblem>> convopt::readLayers(StringRef path) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return createStringError(path + ": " + file.getError().message());
  std::vector<ConvProblem> layers;
  for (llvm::line_iterator line(**file); !line.is_at_eof(); ++line) {
    StringRef text = line->split('#').first.trim();
    if (text.empty())
      continue;
    auto layer = parseLayer(text);
    if (!layer)
      return createStringError(path + ":" + llvm::Twine(line.line_number()) +
                               ": " + llvm::toString(layer.takeError()));
    layers.push_back(*layer);
  }
  return layers;
}
