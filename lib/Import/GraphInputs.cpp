#include "GraphInputs.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;

namespace convopt {

/// Sizes by name; nothing for one that is stated twice, differently.
using NamedDims = StringMap<std::optional<int64_t>>;

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

/// The name of a size that is the same wherever it stands. Paddle writes "?"
/// for any size that it does not know, which says nothing.
static StringRef nameOf(const onnx::TensorShapeProto::Dimension &dim) {
  return dim.dim_param() == "?" ? "" : StringRef(dim.dim_param());
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
    if (nameOf(dim).empty())
      continue;
    auto [it, isNew] = names.try_emplace(nameOf(dim), size);
    if (!isNew && it->second != size)
      it->second = std::nullopt;
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
  if (dims.empty() || (dims[0].has_dim_value() && dims[0].dim_value() >= 0))
    return;
  StringRef symbol = nameOf(dims[0]);
  if (!symbol.empty()) {
    if (names[symbol])
      return;
    names[symbol] = 1;
  }
  if (options.note)
    options.note("the batch" +
                 (symbol.empty() ? "" : " '" + symbol.str() + "'") +
                 " of input '" + input.name() + "' is taken to be 1; " +
                 shapeOption(input, value.shape) + " makes it N");
}

namespace {
/// The sizes of an input, as far as they are known, and the names of others.
struct KnownShape {
  std::optional<SmallVector<std::optional<int64_t>>> dims;
  SmallVector<std::string> names;

  bool isWhole() const { return dims && !is_contained(*dims, std::nullopt); }
  /// ?x3x48x?
  std::string text() const {
    if (!dims)
      return "of no known rank";
    return llvm::join(map_range(*dims,
                                [](std::optional<int64_t> dim) {
                                  return dim ? itostr(*dim) : std::string("?");
                                }),
                      "x");
  }
};
} // namespace

static KnownShape readShape(const onnx::ValueInfoProto &input,
                            const NamedDims &names) {
  KnownShape known;
  const auto &tensor = input.type().tensor_type();
  if (!tensor.has_shape())
    return known;
  known.dims.emplace();
  for (const auto &dim : tensor.shape().dim()) {
    StringRef name = nameOf(dim);
    std::optional<int64_t> size;
    if (dim.has_dim_value() && dim.dim_value() >= 0)
      size = dim.dim_value();
    else if (!name.empty())
      size = names.lookup(name);
    if (!size && !name.empty() && !is_contained(known.names, name.str()))
      known.names.push_back(name.str());
    known.dims->push_back(size);
  }
  // With all else known, what is open first is the batch.
  ArrayRef<std::optional<int64_t>> rest(*known.dims);
  if (!rest.empty() && !rest[0] &&
      !is_contained(rest.drop_front(), std::nullopt))
    known.dims->front() = 1;
  return known;
}

/// All inputs of which something is not known, what is, and how to say it.
static Error unknownSizes(
    ArrayRef<std::pair<const onnx::ValueInfoProto *, KnownShape>> inputs) {
  std::string names, shapes, options, symbols;
  for (const auto &[input, known] : inputs) {
    names += (names.empty() ? "'" : ", '") + input->name() + "'";
    shapes +=
        (shapes.empty() ? "" : ", ") + input->name() + ": " + known.text();
    options += " --shape=" + input->name() + ":...";
    for (const std::string &symbol : known.names)
      if (!StringRef(symbols).contains("'" + symbol + "'"))
        symbols += (symbols.empty() ? "'" : ", '") + symbol + "'";
  }
  return createStringError((inputs.size() == 1 ? "input " + names + " has"
                                               : "inputs " + names + " have") +
                           " sizes that are not known: " + shapes +
                           (symbols.empty() ? "" : " (" + symbols + ")") +
                           "; use" + options);
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
  SmallVector<std::pair<const onnx::ValueInfoProto *, KnownShape>> unknown;
  for (const onnx::ValueInfoProto *input : inputs) {
    auto kind = readKind(*input);
    if (!kind)
      return kind.takeError();
    GraphInput entry;
    entry.name = input->name();
    entry.value.kind = *kind;
    auto given = options.shapes.find(input->name());
    KnownShape known = readShape(*input, dims);
    if (given != options.shapes.end()) {
      entry.value.shape.assign(given->second.begin(), given->second.end());
    } else if (known.isWhole()) {
      for (std::optional<int64_t> dim : *known.dims)
        entry.value.shape.push_back(*dim);
    } else {
      unknown.emplace_back(input, known);
      continue;
    }
    if (!countElements(entry.value.shape))
      return createStringError("input '" + input->name() + "': the shape " +
                               join(entry.value.shape) + " is too large");
    if (given == options.shapes.end())
      noteBatch(*input, entry.value, dims, options);
    result.push_back(std::move(entry));
  }
  if (!unknown.empty())
    return unknownSizes(unknown);
  return result;
}

Error checkDeclaredType(const onnx::ValueInfoProto &output,
                        const ImportedValue &value, bool reshaped,
                        const ImportOptions &options) {
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
    // What a model states of a size that depends on data holds for one run.
    fits = !dim.has_dim_value() || dim.dim_value() < 0 ||
           dim.dim_value() == value.shape[i] ||
           (value.isSized() && value.sizes[i]);
  }
  if (!fits && options.note)
    options.note("output '" + output.name() + "' has shape " +
                 join(value.shape) + "; what the model states for it is " +
                 "ignored");
  return Error::success();
}

} // namespace convopt
