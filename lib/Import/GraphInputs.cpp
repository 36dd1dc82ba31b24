#include "GraphInputs.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;

namespace convopt {

using NamedDims = StringMap<int64_t>;

static std::string join(ArrayRef<int64_t> shape) {
  return llvm::join(map_range(shape, [](int64_t d) { return itostr(d); }), "x");
}

static Expected<ElementKind> readKind(const onnx::ValueInfoProto &input) {
  if (!input.type().has_tensor_type())
    return createStringError("input '" + input.name() + "' is not a tensor");
  int32_t type = input.type().tensor_type().elem_type();
  if (auto kind = elementKindFromOnnx(type))
    return *kind;
  return createStringError("input '" + input.name() +
                           "' has an element type that is not supported" +
                           (onnx::TensorProto::DataType_IsValid(type)
                                ? ": " + onnx::TensorProto::DataType_Name(type)
                                : ""));
}

/// Notes what the user's shape of `input` says of its named dimensions.
static Error bindNames(const onnx::ValueInfoProto &input,
                       ArrayRef<int64_t> shape, NamedDims &names) {
  const auto &tensor = input.type().tensor_type();
  if (any_of(shape, [](int64_t dim) { return dim < 1; }))
    return createStringError("input '" + input.name() + "': " + join(shape) +
                             " is not a shape");
  if (!tensor.has_shape())
    return Error::success();
  if (static_cast<size_t>(tensor.shape().dim_size()) != shape.size())
    return createStringError("input '" + input.name() + "' has rank " +
                             Twine(tensor.shape().dim_size()) +
                             ", the shape given is " + join(shape));
  for (auto [dim, size] : zip(tensor.shape().dim(), shape)) {
    if (dim.dim_param().empty())
      continue;
    if (names.try_emplace(dim.dim_param(), size).first->second != size)
      return createStringError("input '" + input.name() + "': dimension '" +
                               dim.dim_param() + "' is given two sizes");
  }
  return Error::success();
}

/// What a user would write to say how large the batch is: 1x3 as x:Nx3.
static std::string shapeOption(const onnx::ValueInfoProto &input,
                               ArrayRef<int64_t> shape) {
  std::string rest = join(shape.drop_front());
  return "--shape=" + input.name() + ":N" + (rest.empty() ? "" : "x" + rest);
}

/// Whether the batch of `input`, the first dimension, was not known; notes it
/// once for a symbol, since one size is meant wherever it stands.
static void noteBatch(const onnx::ValueInfoProto &input,
                      const ImportedValue &value, NamedDims &names,
                      const ImportOptions &options) {
  const auto &dims = input.type().tensor_type().shape().dim();
  if (dims.empty() || dims[0].has_dim_value())
    return;
  const std::string &symbol = dims[0].dim_param();
  if (!symbol.empty() && !names.try_emplace(symbol, 1).second)
    return;
  if (options.note)
    options.note("the batch" + (symbol.empty() ? "" : " '" + symbol + "'") +
                 " of input '" + input.name() + "' is taken to be 1; " +
                 shapeOption(input, value.shape) + " makes it N");
}

static Expected<Shape> readShape(const onnx::ValueInfoProto &input,
                                 const NamedDims &names) {
  auto unknown = [&](const Twine &what) {
    return createStringError("input '" + input.name() + "' has " + what +
                             "; use --shape=" + input.name() + ":...");
  };
  const auto &tensor = input.type().tensor_type();
  if (!tensor.has_shape())
    return unknown("no shape");
  Shape shape;
  for (const auto &dim : tensor.shape().dim()) {
    if (dim.has_dim_value()) {
      if (dim.dim_value() < 0)
        return unknown("a negative dimension");
      shape.push_back(dim.dim_value());
    } else if (auto it = names.find(dim.dim_param());
               !dim.dim_param().empty() && it != names.end()) {
      shape.push_back(it->second);
    } else if (shape.empty()) {
      shape.push_back(1); // the batch
    } else {
      return unknown("a dimension that is not known ('" + dim.dim_param() +
                     "', number " + Twine(shape.size()) + ")");
    }
  }
  if (!countElements(shape))
    return unknown("too large a shape");
  return shape;
}

Expected<std::vector<GraphInput>>
readGraphInputs(const onnx::GraphProto &graph, const ImportOptions &options) {
  StringSet<> initialized, names;
  for (const onnx::TensorProto &tensor : graph.initializer())
    initialized.insert(tensor.name());

  std::vector<const onnx::ValueInfoProto *> inputs;
  NamedDims dims;
  for (const onnx::ValueInfoProto &input : graph.input()) {
    if (initialized.contains(input.name()))
      continue;
    if (!names.insert(input.name()).second)
      return createStringError("input '" + input.name() + "' is there twice");
    inputs.push_back(&input);
    if (auto it = options.shapes.find(input.name()); it != options.shapes.end())
      if (Error error = bindNames(input, it->second, dims))
        return std::move(error);
  }
  for (const auto &given : options.shapes)
    if (!names.contains(given.first()))
      return createStringError("there is no input '" + given.first() +
                               "' to give a shape to");

  std::vector<GraphInput> result;
  for (const onnx::ValueInfoProto *input : inputs) {
    auto kind = readKind(*input);
    if (!kind)
      return kind.takeError();
    GraphInput entry;
    entry.name = input->name();
    entry.value.kind = *kind;
    if (auto it = options.shapes.find(input->name());
        it != options.shapes.end()) {
      entry.value.shape.assign(it->second.begin(), it->second.end());
      if (!countElements(entry.value.shape))
        return createStringError("input '" + input->name() +
                                 "': the shape given is too large");
    } else {
      auto shape = readShape(*input, dims);
      if (!shape)
        return shape.takeError();
      entry.value.shape = *shape;
      noteBatch(*input, entry.value, dims, options);
    }
    result.push_back(std::move(entry));
  }
  return result;
}

Error checkDeclaredType(const onnx::ValueInfoProto &output,
                        const ImportedValue &value, bool reshaped) {
  if (!output.type().has_tensor_type())
    return Error::success();
  const auto &tensor = output.type().tensor_type();
  if (tensor.elem_type() && tensor.elem_type() != elementKindToOnnx(value.kind))
    return createStringError("output '" + output.name() + "' is of type " +
                             toString(value.kind) +
                             ", the model states another");
  if (reshaped || !tensor.has_shape())
    return Error::success();
  bool fits =
      static_cast<size_t>(tensor.shape().dim_size()) == value.shape.size();
  for (size_t i = 0; fits && i < value.shape.size(); ++i) {
    const auto &dim = tensor.shape().dim(static_cast<int>(i));
    fits = !dim.has_dim_value() || dim.dim_value() == value.shape[i];
  }
  if (!fits)
    return createStringError("output '" + output.name() + "' has shape " +
                             join(value.shape) + ", the model states another");
  return Error::success();
}

} // namespace convopt
