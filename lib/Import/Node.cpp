#include "Node.h"
#include "Support.h"
#include "onnx/onnx_pb.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using llvm::Error;
using llvm::Expected;

namespace convopt {

StringRef Node::op() const { return proto.op_type(); }

Error Node::error(const Twine &message) const {
  return nodeError(proto, message);
}

void Node::refuse(const Twine &why) {
  if (refusal.empty())
    refusal = why.str();
}

Error Node::checked(Error result) const {
  if (result || refusal.empty())
    return result;
  return error(refusal);
}

static RankedTensorType tensorType(const ImportedValue &value,
                                   MLIRContext *context) {
  return RankedTensorType::get(value.shape, toMlirType(value.kind, context));
}

RankedTensorType Node::inputType(size_t i) const {
  return tensorType(*inputs[i], builder.getContext());
}

RankedTensorType Node::outputType(size_t i) const {
  return tensorType(outputs[i], builder.getContext());
}

Value Node::materialise(const Constant &constant) {
  return constant.materialise(constants, loc);
}

Value Node::inputSize(size_t i, size_t dim) const {
  return isSized(i) ? inputs[i]->sizes[dim] : Value();
}

const Constant *Node::most(size_t i) const {
  const auto &bounds = inputs[i]->bounds;
  return bounds ? &bounds->most : constant(i);
}

const Constant *Node::least(size_t i) const {
  const auto &bounds = inputs[i]->bounds;
  return bounds ? &bounds->least : constant(i);
}

void Node::substitute(size_t i, Value value) {
  substitutes.resize(std::max(substitutes.size(), i + 1));
  substitutes[i] = value;
}

Value Node::input(size_t i) {
  if (i < substitutes.size() && substitutes[i])
    return substitutes[i];
  ImportedValue &input = *inputs[i];
  if (!input.value)
    input.value = materialise(*input.constant);
  return input.value;
}

const Constant *Node::constant(size_t i) const {
  return inputs[i]->constant ? &*inputs[i]->constant : nullptr;
}

/// No operator takes a list of this size for anything but data.
static constexpr int64_t listLimit = 1 << 16;

Expected<std::vector<int64_t>> Node::constantInts(size_t i,
                                                  const char *what) const {
  const Constant *known = constant(i);
  if (!known || known->size() > listLimit)
    return error(Twine(what) + " must be known at compile time");
  return known->ints();
}

Expected<std::vector<double>> Node::constantDoubles(size_t i,
                                                    const char *what) const {
  const Constant *known = constant(i);
  if (!known || known->size() > listLimit)
    return error(Twine(what) + " must be known at compile time");
  return known->doubles();
}

const onnx::AttributeProto *Node::attribute(StringRef name) const {
  for (const onnx::AttributeProto &entry : proto.attribute())
    if (name == entry.name())
      return &entry;
  return nullptr;
}

bool Node::hasAttribute(StringRef name) const { return attribute(name); }

int64_t Node::getInt(StringRef name, int64_t fallback) const {
  const auto *entry = attribute(name);
  return entry ? entry->i() : fallback;
}

double Node::getFloat(StringRef name, double fallback) const {
  const auto *entry = attribute(name);
  return entry ? entry->f() : fallback;
}

StringRef Node::getString(StringRef name, StringRef fallback) const {
  const auto *entry = attribute(name);
  return entry ? StringRef(entry->s()) : fallback;
}

std::optional<std::vector<int64_t>> Node::getInts(StringRef name) const {
  const auto *entry = attribute(name);
  if (!entry)
    return std::nullopt;
  return std::vector<int64_t>(entry->ints().begin(), entry->ints().end());
}

std::optional<std::vector<double>> Node::getFloats(StringRef name) const {
  const auto *entry = attribute(name);
  if (!entry)
    return std::nullopt;
  return std::vector<double>(entry->floats().begin(), entry->floats().end());
}

std::vector<std::string> Node::getStrings(StringRef name) const {
  const auto *entry = attribute(name);
  if (!entry)
    return {};
  return {entry->strings().begin(), entry->strings().end()};
}

Expected<Constant> Node::getTensor(StringRef name) const {
  const auto *entry = attribute(name);
  if (!entry || !entry->has_t())
    return error("needs the tensor attribute '" + name + "'");
  onnx::TensorProto copy = entry->t();
  auto tensor = readTensor(copy, files);
  if (!tensor)
    return error("attribute '" + name + "' " +
                 llvm::toString(tensor.takeError()));
  return tensor;
}

Expected<std::optional<std::vector<int64_t>>>
Node::getIntsOrInput(StringRef name, size_t i) const {
  if (!hasInput(i))
    return getInts(name);
  auto values = constantInts(i, name.str().c_str());
  if (!values)
    return values.takeError();
  return std::move(*values);
}

Expected<int64_t> Node::normalizeAxis(int64_t axis, int64_t rank) const {
  if (axis < -rank || axis >= rank)
    return error("axis " + Twine(axis) + " does not exist in rank " +
                 Twine(rank));
  return axis < 0 ? axis + rank : axis;
}

Expected<SmallVector<int64_t>> Node::normalizeAxes(ArrayRef<int64_t> axes,
                                                   int64_t rank) const {
  SmallVector<int64_t> result;
  for (int64_t axis : axes) {
    auto normal = normalizeAxis(axis, rank);
    if (!normal)
      return normal.takeError();
    result.push_back(*normal);
  }
  llvm::sort(result);
  if (std::adjacent_find(result.begin(), result.end()) != result.end())
    return error("has an axis twice");
  return result;
}

Error Node::setOutput(size_t i, Value value) {
  if (value.getType() != outputType(i)) {
    std::string text;
    llvm::raw_string_ostream(text) << "has shape " << value.getType()
                                   << ", but ONNX infers " << outputType(i);
    return error("output " + Twine(i) + " " + text);
  }
  outputs[i].value = value;
  return Error::success();
}

Error Node::setOutput(size_t i, Constant constant) {
  if (constant.kind() != outputKind(i) || constant.shape() != outputShape(i))
    return error("output " + Twine(i) + " has another type than ONNX infers");
  outputs[i].constant = std::move(constant);
  return Error::success();
}

void Node::setOutputSize(size_t i, size_t dim, Value size) {
  outputs[i].sizes.resize(outputs[i].shape.size());
  outputs[i].sizes[dim] = size;
}

void Node::setOutputBounds(size_t i, Constant least, Constant most) {
  outputs[i].bounds =
      std::make_shared<const Bounds>(Bounds{std::move(least), std::move(most)});
}

std::optional<Constant> Node::foldExtreme(bool largest,
                                          Expected<bool> (*fold)(Node &),
                                          Error (*plain)(Node &)) const {
  std::vector<ImportedValue> extremes(inputs.size());
  SmallVector<ImportedValue *> known;
  for (auto [i, extreme] : llvm::enumerate(extremes)) {
    if (!inputs[i]) {
      known.push_back(nullptr);
      continue;
    }
    const Constant *constant = largest ? most(i) : least(i);
    if (!constant)
      return std::nullopt;
    extreme.kind = inputs[i]->kind;
    extreme.shape = inputs[i]->shape;
    extreme.constant = *constant;
    known.push_back(&extreme);
  }
  SmallVector<ImportedValue> results(outputs.size());
  for (auto [result, output] : llvm::zip_equal(results, outputs)) {
    result.kind = output.kind;
    result.shape = output.shape;
  }
  Node node = with(known, results);
  if (fold) {
    Expected<bool> done = fold(node);
    if (!done)
      llvm::consumeError(done.takeError());
  } else if (plain) {
    llvm::consumeError(plain(node));
  }
  return results[0].constant;
}

Error Node::forward(size_t i, size_t from) {
  if (inputKind(from) != outputKind(i) || inputShape(from) != outputShape(i))
    return error("output " + Twine(i) + " has another type than ONNX infers");
  outputs[i].constant = inputs[from]->constant;
  outputs[i].value = inputs[from]->value;
  outputs[i].sizes = inputs[from]->sizes;
  outputs[i].bounds = inputs[from]->bounds;
  return Error::success();
}

} // namespace convopt
