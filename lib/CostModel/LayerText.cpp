#include "convopt/CostModel/LayerText.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace convopt;
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

std::string convopt::layerText(const ConvLayer &layer) {
  ConvLayer copy = layer;
  std::string text;
  for (const Field &field : fields(copy)) {
    text += (text.empty() ? "" : " ") + field.key.str() + "=";
    for (size_t i = 0; i < field.values.size(); ++i)
      text += (i ? "x" : "") + std::to_string(*field.values[i]);
  }
  return text;
}

static llvm::Error error(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

/// Large enough for any layer, small enough that no product overflows.
static constexpr int64_t largest = 1 << 16;

static llvm::Error setField(Field &field, StringRef word) {
  llvm::SmallVector<StringRef> numbers;
  word.split('=').second.split(numbers, 'x');
  if (numbers.size() != field.values.size())
    return error("'" + word + "' needs " + llvm::Twine(field.values.size()) +
                 " numbers");
  for (size_t i = 0; i < numbers.size(); ++i) {
    int64_t least = field.key == "p" ? 0 : 1;
    if (numbers[i].getAsInteger(10, *field.values[i]) ||
        *field.values[i] < least || *field.values[i] > largest)
      return error("'" + word + "' is out of range");
  }
  return llvm::Error::success();
}

static int64_t outputs(int64_t in, int64_t pads, int64_t kernel, int64_t stride,
                       int64_t dilation) {
  int64_t room = in + pads - (kernel - 1) * dilation - 1;
  return room < 0 ? 0 : room / stride + 1;
}

llvm::Expected<ConvLayer> convopt::parseLayer(StringRef text) {
  ConvLayer layer;
  auto table = fields(layer);
  llvm::StringMap<bool> seen;
  llvm::SmallVector<StringRef> words;
  text.split(words, ' ', -1, /*KeepEmpty=*/false);
  for (StringRef word : words) {
    StringRef key = word.split('=').first;
    auto *field =
        llvm::find_if(table, [&](const Field &f) { return f.key == key; });
    if (field == table.end())
      return error("unknown '" + word + "'");
    if (llvm::Error e = setField(*field, word))
      return e;
    seen[key] = true;
  }
  for (StringRef key : {"c", "k", "h", "w"})
    if (!seen.count(key))
      return error("'" + key + "' is missing");
  layer.outHeight =
      outputs(layer.inHeight, layer.padTop + layer.padBottom,
              layer.kernelHeight, layer.strideHeight, layer.dilationHeight);
  layer.outWidth =
      outputs(layer.inWidth, layer.padLeft + layer.padRight, layer.kernelWidth,
              layer.strideWidth, layer.dilationWidth);
  if (layer.outHeight == 0 || layer.outWidth == 0)
    return error("the kernel is larger than the padded image");
  return layer;
}

llvm::Expected<std::vector<ConvLayer>> convopt::readLayers(StringRef path) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return error(path + ": " + file.getError().message());
  std::vector<ConvLayer> layers;
  for (llvm::line_iterator line(**file); !line.is_at_eof(); ++line) {
    StringRef text = line->split('#').first.trim();
    if (text.empty())
      continue;
    auto layer = parseLayer(text);
    if (!layer)
      return error(path + ":" + llvm::Twine(line.line_number()) + ": " +
                   llvm::toString(layer.takeError()));
    layers.push_back(*layer);
  }
  return layers;
}
