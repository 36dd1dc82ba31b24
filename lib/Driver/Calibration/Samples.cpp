#include "Samples.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace convopt {

static std::string describe(StringRef type, ArrayRef<int64_t> dims) {
  auto sizes = map_range(dims, [](int64_t size) { return itostr(size); });
  return (type + " of " + (dims.empty() ? "one element" : join(sizes, "x")))
      .str();
}

/// NumPy has neither bf16 nor 8-bit floats; they come as integers without sign.
static StringRef storedType(StringRef type) {
  if (type == "bf16")
    return "u16";
  return type.starts_with("f8") ? "u8" : type;
}

/// How many samples of `input` stand in `array`; nothing if it does not fit.
static std::optional<int64_t> samplesIn(const Array &array,
                                        const TensorInfo &input) {
  ArrayRef<int64_t> given(array.dims), wanted(input.dims);
  if (array.type != storedType(input.type))
    return std::nullopt;
  if (given == wanted)
    return 1;
  if (given.size() == wanted.size() + 1 && given.drop_front() == wanted)
    return given.front();
  if (given.size() == wanted.size() && !wanted.empty() &&
      given.drop_front() == wanted.drop_front() && wanted.front() > 0 &&
      given.front() % wanted.front() == 0)
    return given.front() / wanted.front();
  return std::nullopt;
}

/// The array for `input`, or null.
static const NamedArray *findArray(ArrayRef<NamedArray> arrays,
                                   const TensorInfo &input, bool isOnly) {
  if (isOnly && arrays.size() == 1)
    return &arrays.front();
  const auto *found = find_if(arrays, [&](const NamedArray &array) {
    return array.name == input.name;
  });
  return found == arrays.end() ? nullptr : found;
}

Expected<std::vector<Sample>> samplesFrom(ArrayRef<NamedArray> arrays,
                                          ArrayRef<TensorInfo> inputs,
                                          int64_t most) {
  int64_t count = 1;
  std::vector<std::pair<const NamedArray *, int64_t>> found;
  for (const TensorInfo &input : inputs) {
    const NamedArray *named = findArray(arrays, input, inputs.size() == 1);
    if (!named)
      return createStringError("no array '%s' for that input of the model",
                               input.name.c_str());
    std::optional<int64_t> samples = samplesIn(named->array, input);
    if (!samples)
      return createStringError("array '" + named->name + "' is " +
                               describe(named->array.type, named->array.dims) +
                               "; input '" + input.name + "' is " +
                               describe(storedType(input.type), input.dims));
    if (*samples == 0)
      return createStringError("array '%s' holds no sample",
                               named->name.c_str());
    if (*samples > 1 && count > 1 && *samples != count)
      return createStringError(
          "array '%s' holds %lld samples, another %lld", named->name.c_str(),
          static_cast<long long>(*samples), static_cast<long long>(count));
    count = std::max(count, *samples);
    found.emplace_back(named, *samples);
  }
  std::vector<Sample> samples(std::min(count, most));
  for (auto [i, sample] : enumerate(samples))
    for (auto [named, held] : found) {
      const Bytes &data = named->array.data;
      const size_t bytes = data.size() / held;
      const auto *begin = data.data() + (held > 1 ? i * bytes : 0);
      sample.emplace_back(begin, begin + bytes);
    }
  return samples;
}

} // namespace convopt
