// Where nobody says what a model is given, it is given something that looks
// like an image. Over white noise everything that is pooled globally would be
// nearly constant, and the outputs would hardly depend on the input; an image
// has structure of every size. What it shows matters little: gains are ratios.
// Numbers come from integer arithmetic and few sums, so that they are the same
// on every machine.

#include "Samples.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/Support/Endian.h"
#include <random>

using namespace llvm;

namespace convopt {

namespace {
class RandomNumbers {
public:
  explicit RandomNumbers(uint64_t seed) : engine(seed) {}

  /// Nearly normally distributed: twelve that are not, added up.
  float normal() {
    constexpr int terms = 12;
    uint64_t sum = 0;
    for (int i = 0; i < terms; ++i)
      sum += engine() >> 40;
    return static_cast<float>(static_cast<double>(sum) / (1 << 24) - terms / 2);
  }
  int64_t below(int64_t bound) {
    return static_cast<int64_t>((engine() >> 32) * bound >> 32);
  }

private:
  std::mt19937_64 engine; ///< whose numbers the C++ standard says
};
} // namespace

static int64_t product(ArrayRef<int64_t> dims) {
  int64_t count = 1;
  for (int64_t size : dims)
    count *= size;
  return count;
}

/// Adds numbers that are equal in squares of `step` elements of the last
/// dimensions, the third on.
static void addCoarse(std::vector<float> &values, ArrayRef<int64_t> dims,
                      int64_t step, RandomNumbers &random) {
  constexpr size_t firstOfPlane = 2;
  SmallVector<int64_t> coarse(dims), index(dims.size(), 0);
  for (size_t d = firstOfPlane; d < dims.size(); ++d)
    coarse[d] = (dims[d] + step - 1) / step;
  std::vector<float> squares(product(coarse));
  for (float &value : squares)
    value = random.normal();
  for (float &value : values) {
    int64_t at = 0;
    for (size_t d = 0; d < dims.size(); ++d)
      at = at * coarse[d] + (d < firstOfPlane ? index[d] : index[d] / step);
    value += squares[at];
    for (size_t d = dims.size(); d-- > 0 && ++index[d] == dims[d];)
      index[d] = 0;
  }
}

static std::vector<float> numbers(ArrayRef<int64_t> dims,
                                  RandomNumbers &random) {
  std::vector<float> values(product(dims));
  for (float &value : values)
    value = random.normal();
  if (dims.size() <= 2 || values.empty())
    return values;
  for (int64_t step : {8, 32, 128})
    addCoarse(values, dims, step, random);
  for (float &value : values)
    value /= 2;
  return values;
}

/// The bits of `value` in a floating-point type of that name.
static uint64_t bitsOf(float value, StringRef type) {
  APFloat number(value);
  const fltSemantics &semantics = type == "f64"    ? APFloat::IEEEdouble()
                                  : type == "f16"  ? APFloat::IEEEhalf()
                                  : type == "bf16" ? APFloat::BFloat()
                                                   : APFloat::IEEEsingle();
  bool inexact;
  number.convert(semantics, APFloat::rmNearestTiesToEven, &inexact);
  return number.bitcastToAPInt().getZExtValue();
}

static uint64_t integer(StringRef type, RandomNumbers &random) {
  if (type == "bool")
    return random.below(2);
  if (type == "u8" || type == "i8")
    return random.below(256);
  // 8-bit floats of about 1.
  if (type.starts_with("f8"))
    return 0x30 + random.below(16);
  // Indices and counts are small.
  return random.below(4);
}

static Bytes randomTensor(const TensorInfo &tensor, RandomNumbers &random) {
  const size_t each = elementBytes(tensor.type);
  const int64_t count = product(tensor.dims);
  Bytes bytes(each * count);
  const bool isFloat = StringRef(tensor.type).starts_with("f") && each > 1;
  std::vector<float> floats;
  if (isFloat || tensor.type == "bf16")
    floats = numbers(tensor.dims, random);
  for (int64_t i = 0; i < count; ++i) {
    char word[8];
    support::endian::write64le(word, floats.empty()
                                         ? integer(tensor.type, random)
                                         : bitsOf(floats[i], tensor.type));
    std::copy(word, word + each, bytes.begin() + i * each);
  }
  return bytes;
}

std::vector<Sample> randomSamples(ArrayRef<TensorInfo> inputs, int64_t count) {
  RandomNumbers random(1);
  std::vector<Sample> samples(count);
  for (Sample &sample : samples)
    for (const TensorInfo &input : inputs)
      sample.push_back(randomTensor(input, random));
  return samples;
}

} // namespace convopt
