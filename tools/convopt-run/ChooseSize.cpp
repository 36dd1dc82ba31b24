#include "ChooseSize.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace convopt {

std::string typeText(StringRef type, ArrayRef<int64_t> dims) {
  auto text = map_range(dims, [](int64_t size) { return itostr(size); });
  return (type + "[" + join(text, ",") + "]").str();
}

static ArrayRef<int64_t> dimsOf(const convopt_tensor &tensor) {
  return {tensor.dims, static_cast<size_t>(tensor.rank)};
}

/// What stands in a file: numpy has neither bf16 nor floats of 8 bits.
static bool hasType(const Array &array, StringRef type) {
  return array.type == (type == "bf16"           ? "u16"
                        : type.starts_with("f8") ? "u8"
                                                 : type);
}

static bool fits(const Array &array, const convopt_tensor &tensor) {
  return hasType(array, tensor.type) && ArrayRef(array.dims) == dimsOf(tensor);
}

std::string sizeText(const LoadedModel &model, const convopt_size &size) {
  auto text = map_range(ArrayRef(size.inputs, model.descriptor().input_count),
                        [](const convopt_tensor &tensor) {
                          return "'" + std::string(tensor.name) + "' " +
                                 typeText(tensor.type, dimsOf(tensor));
                        });
  return join(text, ", ");
}

Expected<const convopt_size *> chooseSize(const LoadedModel &model,
                                          ArrayRef<GivenInput> inputs) {
  for (const convopt_size &size : model.sizes())
    if (all_of(enumerate(inputs), [&](const auto &given) {
          return fits(given.value().array, size.inputs[given.index()]);
        }))
      return &size;
  if (model.sizes().size() == 1)
    for (auto [i, given] : enumerate(inputs)) {
      const convopt_tensor &tensor = model.sizes().front().inputs[i];
      if (!fits(given.array, tensor))
        return createStringError(
            "'%s' is %s, but input '%s' is %s", given.path.c_str(),
            typeText(given.array.type, given.array.dims).c_str(), tensor.name,
            typeText(tensor.type, dimsOf(tensor)).c_str());
    }
  auto givenTexts = map_range(inputs, [](const GivenInput &given) {
    return "'" + given.path + "' " +
           typeText(given.array.type, given.array.dims);
  });
  auto there = map_range(model.sizes(), [&](const convopt_size &size) {
    return sizeText(model, size);
  });
  return createStringError("no size of the model has the inputs " +
                           join(givenTexts, ", ") + "; there are " +
                           join(there, "; "));
}

} // namespace convopt
