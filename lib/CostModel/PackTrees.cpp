// The compiler's own trees, as small as they get without losing a bit: a model
// of three thousand trees has megabytes of nodes, and the library carries it.
// LightGBM splits at the bounds of some hundred bins, so a node is a number in
// the list of distinct splits; leaves are multiples of 1e-5, which is a tenth
// of a per mille of the time; and bytes of one kind stand together, the low
// ones of all numbers, then the high ones, since zstd finds the repetitions
// then. Unpacking takes some milliseconds when a compiler starts.

#include "convopt/CostModel/TreeEnsemble.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Compression.h"
#include "llvm/Support/Endian.h"
#include <cmath>
#include <cstring>

using namespace convopt;
using llvm::createStringError;

/// A leaf is a whole number over this: the quotient is the double nearest to
/// the decimal fraction, which is what reading it from text gives.
constexpr double kLeavesPerUnit = 1e5;

namespace {

/// Numbers of `T` one after the other, all their first bytes first.
class Writer {
public:
  template <typename T> void write(llvm::ArrayRef<T> values) {
    for (unsigned byte = 0; byte < sizeof(T); ++byte)
      for (T value : values) {
        uint8_t bytes[sizeof(T)];
        llvm::support::endian::write(bytes, value, llvm::endianness::little);
        data.push_back(bytes[byte]);
      }
  }
  llvm::SmallVector<uint8_t, 0> data;
};

class Reader {
public:
  explicit Reader(llvm::ArrayRef<uint8_t> data) : data(data) {}
  /// Zeros beyond the end, where isWhole() is false.
  template <typename T> std::vector<T> read(size_t count) {
    using Bits = std::conditional_t<sizeof(T) == 2, uint16_t, uint32_t>;
    static_assert(sizeof(Bits) == sizeof(T));
    std::vector<T> values(count);
    std::vector<Bits> bits(count);
    if (at + count * sizeof(T) > data.size()) {
      at = data.size() + 1;
      return values;
    }
    for (unsigned byte = 0; byte < sizeof(T); ++byte) {
      const uint8_t *from = data.data() + at + byte * count;
      for (size_t i = 0; i < count; ++i)
        bits[i] |= Bits(from[i]) << (8 * byte);
    }
    std::memcpy(values.data(), bits.data(), count * sizeof(T));
    at += count * sizeof(T);
    return values;
  }
  bool isWhole() const { return at == data.size(); }

private:
  llvm::ArrayRef<uint8_t> data;
  size_t at = 0;
};

} // namespace

llvm::Expected<llvm::SmallVector<uint8_t, 0>> TreeEnsemble::pack() const {
  std::vector<uint16_t> features;
  std::vector<float> thresholds;
  for (const Split &split : splits) {
    if (double(float(split.threshold)) != split.threshold)
      return createStringError("has a threshold that is no float");
    if (split.missing != AsZero)
      return createStringError("was trained with missing values");
    features.push_back(split.feature);
    thresholds.push_back(float(split.threshold));
  }
  std::vector<uint32_t> counts, asked;
  std::vector<int16_t> left, right, numbers;
  for (const Tree &tree : trees)
    counts.push_back(tree.numNodes);
  for (const Node &node : nodes) {
    asked.push_back(node.split);
    left.push_back(node.left);
    right.push_back(node.right);
  }
  for (double leaf : leaves) {
    const double number = std::round(leaf * kLeavesPerUnit);
    if (number / kLeavesPerUnit != leaf || std::abs(number) > INT16_MAX)
      return createStringError("has a leaf that is no multiple of 1e-5 of "
                               "magnitude below 0.32768");
    numbers.push_back(static_cast<int16_t>(number));
  }
  Writer writer;
  writer.write<uint32_t>({uint32_t(trees.size()), uint32_t(splits.size()),
                          uint32_t(nodes.size()), uint32_t(leaves.size())});
  writer.write<uint32_t>(counts);
  writer.write<uint16_t>(features);
  writer.write<float>(thresholds);
  writer.write<uint32_t>(asked);
  writer.write<int16_t>(left);
  writer.write<int16_t>(right);
  writer.write<int16_t>(numbers);
  if (!llvm::compression::zstd::isAvailable())
    return createStringError("needs an LLVM that has zstd");
  llvm::SmallVector<uint8_t, 0> packed(sizeof(uint64_t));
  llvm::support::endian::write64le(packed.data(), writer.data.size());
  llvm::SmallVector<uint8_t, 0> compressed;
  llvm::compression::zstd::compress(
      writer.data, compressed, llvm::compression::zstd::BestSizeCompression);
  packed.append(compressed.begin(), compressed.end());
  return packed;
}

llvm::Expected<TreeEnsemble>
TreeEnsemble::unpack(llvm::ArrayRef<uint8_t> packed, unsigned numFeatures) {
  if (packed.size() < sizeof(uint64_t))
    return createStringError("packed trees are cut off");
  llvm::SmallVector<uint8_t, 0> data;
  if (llvm::Error error = llvm::compression::zstd::decompress(
          packed.drop_front(sizeof(uint64_t)), data,
          llvm::support::endian::read64le(packed.data())))
    return std::move(error);
  Reader reader(data);
  const std::vector<uint32_t> sizes = reader.read<uint32_t>(4);
  const auto counts = reader.read<uint32_t>(sizes[0]);
  const auto features = reader.read<uint16_t>(sizes[1]);
  const auto thresholds = reader.read<float>(sizes[1]);
  const auto asked = reader.read<uint32_t>(sizes[2]);
  const auto left = reader.read<int16_t>(sizes[2]);
  const auto right = reader.read<int16_t>(sizes[2]);
  const auto numbers = reader.read<int16_t>(sizes[3]);
  if (!reader.isWhole())
    return createStringError("packed trees have another size than they say");
  for (uint16_t feature : features)
    if (feature >= numFeatures)
      return createStringError("a node splits unknown feature %u",
                               unsigned(feature));
  TreeEnsemble ensemble;
  for (auto [feature, threshold] : llvm::zip_equal(features, thresholds))
    ensemble.splits.push_back({threshold, feature, AsZero});
  uint32_t node = 0, leaf = 0;
  for (uint32_t count : counts) {
    ensemble.trees.push_back({node, leaf, count});
    node += count;
    leaf += count + 1;
  }
  ensemble.nodes.reserve(asked.size());
  for (auto [split, low, high] : llvm::zip_equal(asked, left, right))
    ensemble.nodes.push_back({split, low, high});
  ensemble.leaves.reserve(numbers.size());
  for (int16_t number : numbers)
    ensemble.leaves.push_back(number / kLeavesPerUnit);
  return ensemble;
}
