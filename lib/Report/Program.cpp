// What a run does, step by step, and in which memory. After placement the
// function says it all: an operand is a view at a constant offset of one of the
// function's arguments, so which step reads what another wrote follows from
// addresses alone. That is kept by ranges of bytes, not by tensors, since
// concatenations are written part by part and memory is used again.

#include "convopt/Report/Program.h"
#include "convopt/Transforms/Lowering.h"
#include "convopt/Transforms/SelectPrimitives.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace convopt {

llvm::StringRef stringifyTensorPlace(TensorPlace place) {
  switch (place) {
  case TensorPlace::Input:
    return "input";
  case TensorPlace::Output:
    return "output";
  case TensorPlace::Weights:
    return "weights";
  case TensorPlace::Workspace:
    return "workspace";
  }
  llvm_unreachable("a place");
}

namespace {
/// Bytes of one tensor that a step has written and none since.
struct Written {
  int64_t begin, end, step;
};

class Describer {
public:
  Describer(func::FuncOp main, const ModelInterface &interface,
            ArrayRef<LaunchProfile> launches)
      : main(main), interface(interface), launches(launches),
        symbols(main->getParentOp()) {}

  Program run();

private:
  void addLaunch(LaunchOp launch);
  void addOther(Operation *op);
  void addStep(ProgramStep step, ArrayRef<TensorUse> reads,
               ArrayRef<TensorUse> writes);
  std::optional<TensorUse> useOf(Value value);
  int64_t tensorOf(Value root);
  ProgramTensor describe(Value root);
  std::vector<int64_t> writersOf(const TensorUse &use) const;
  void markWritten(const TensorUse &use, int64_t step);
  void touch(const TensorUse &use, int64_t step);

  func::FuncOp main;
  const ModelInterface &interface;
  ArrayRef<LaunchProfile> launches;
  SymbolTable symbols;
  Program program;
  llvm::DenseMap<Value, int64_t> numbers;
  std::vector<std::vector<Written>> written; ///< by tensor
};
} // namespace

/// The argument, or the view of one, that `value` is a part of; null for what
/// is neither.
static Value rootOf(Value value) {
  while (Operation *def = value.getDefiningOp()) {
    if (isa<memref::ViewOp>(def))
      return value;
    auto view = dyn_cast<ViewLikeOpInterface>(def);
    if (!view)
      return nullptr;
    value = view.getViewSource();
  }
  // What a branch or an iteration gives may lie here or there.
  const bool isOfFunction =
      isa<FunctionOpInterface>(value.getParentBlock()->getParentOp());
  return isOfFunction && isa<MemRefType>(value.getType()) ? value : nullptr;
}

static int64_t offsetOfView(Value root) {
  auto view = root.getDefiningOp<memref::ViewOp>();
  APInt offset;
  return view && matchPattern(view.getByteShift(), m_ConstantInt(&offset))
             ? offset.getSExtValue()
             : 0;
}

static std::string textOf(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

ProgramTensor Describer::describe(Value root) {
  auto type = cast<MemRefType>(root.getType());
  ProgramTensor tensor{
      /*name=*/"",           textOf(type.getElementType()),
      type.getShape().vec(), TensorPlace::Workspace,
      offsetOfView(root),    bytesOf(type).value_or(0)};
  auto view = root.getDefiningOp<memref::ViewOp>();
  auto argument = cast<BlockArgument>(view ? view.getSource() : root);
  const size_t inputs = interface.inputs.size();
  const size_t outputs = interface.outputs.size();
  const size_t number = argument.getArgNumber();
  if (view) {
    const bool isLast = number + 1 == main.getNumArguments();
    tensor.place = isLast ? TensorPlace::Workspace : TensorPlace::Weights;
  } else if (number < inputs) {
    tensor.place = TensorPlace::Input;
    tensor.name = interface.inputs[number].name;
  } else if (number - inputs < outputs) {
    tensor.place = TensorPlace::Output;
    tensor.name = interface.outputs[number - inputs].name;
  } else if (number - inputs - outputs < interface.shapes.size()) {
    const int64_t of = interface.shapes[number - inputs - outputs];
    tensor.place = TensorPlace::Output;
    tensor.name = "shape of " + interface.outputs[of].name;
  }
  return tensor;
}

int64_t Describer::tensorOf(Value root) {
  auto [known, isNew] = numbers.try_emplace(root, program.tensors.size());
  if (!isNew)
    return known->second;
  ProgramTensor tensor = describe(root);
  // Equal weights stand once and are seen through a view at each use.
  if (tensor.place == TensorPlace::Weights)
    for (auto [i, other] : llvm::enumerate(program.tensors))
      if (other.place == tensor.place && other.offset == tensor.offset &&
          other.bytes == tensor.bytes)
        return known->second = i;
  program.tensors.push_back(std::move(tensor));
  written.emplace_back();
  return known->second;
}

std::optional<TensorUse> Describer::useOf(Value value) {
  auto type = dyn_cast<MemRefType>(value.getType());
  Value root = type ? rootOf(value) : nullptr;
  if (!root)
    return std::nullopt;
  SmallVector<int64_t> strides;
  int64_t offset = 0;
  if (failed(getStridesAndOffset(type, strides, offset)) ||
      ShapedType::isDynamic(offset))
    offset = 0;
  const int64_t element =
      bytesOf(MemRefType::get({1}, type.getElementType())).value_or(0);
  TensorUse use{tensorOf(root), type.getShape().vec(), offset * element,
                bytesOf(type).value_or(0)};
  use.unpackedBytes = use.bytes;
  return use;
}

std::vector<int64_t> Describer::writersOf(const TensorUse &use) const {
  std::vector<int64_t> steps;
  for (const Written &part : written[use.tensor])
    if (part.begin < use.offset + use.bytes && use.offset < part.end &&
        !llvm::is_contained(steps, part.step))
      steps.push_back(part.step);
  llvm::sort(steps);
  return steps;
}

void Describer::markWritten(const TensorUse &use, int64_t step) {
  const int64_t begin = use.offset, end = use.offset + use.bytes;
  std::vector<Written> &parts = written[use.tensor];
  llvm::erase_if(parts, [&](const Written &part) {
    return begin <= part.begin && part.end <= end;
  });
  parts.push_back({begin, end, step});
}

void Describer::touch(const TensorUse &use, int64_t step) {
  ProgramTensor &tensor = program.tensors[use.tensor];
  if (tensor.first < 0)
    tensor.first = step;
  tensor.last = step;
}

void Describer::addStep(ProgramStep step, ArrayRef<TensorUse> reads,
                        ArrayRef<TensorUse> writes) {
  const auto number = static_cast<int64_t>(program.steps.size());
  step.reads = reads.vec();
  step.writes = writes.vec();
  for (TensorUse &use : step.reads) {
    use.from = writersOf(use);
    touch(use, number);
  }
  for (const TensorUse &use : step.writes) {
    markWritten(use, number);
    touch(use, number);
    std::string &name = program.tensors[use.tensor].name;
    if (name.empty())
      name = step.profile.node;
  }
  program.steps.push_back(std::move(step));
}

/// The argument of `kernel` that is a packed filter, and the bytes of the
/// filter that it was packed from.
static std::pair<unsigned, int64_t> packedArgument(KernelOp kernel) {
  std::pair<unsigned, int64_t> found{UINT_MAX, 0};
  kernel.walk([&](FilterOp filter) {
    if (auto argument = dyn_cast<BlockArgument>(filter.getPacked()))
      found = {argument.getArgNumber(),
               bytesOf(cast<ShapedType>(filter.getType())).value_or(0)};
  });
  return found;
}

void Describer::addLaunch(LaunchOp launch) {
  int64_t number = llvm::count_if(
      program.steps, [](const ProgramStep &step) { return !!step.launch; });
  ProgramStep step{number, launches[number], partsOf(launch), {}, {}};
  auto kernel = symbols.lookup<KernelOp>(launch.getKernel());
  if (step.parts.empty())
    for (Operation &op : kernel.getBody().front())
      if (isa<linalg::LinalgOp>(op))
        step.parts.push_back(describePart(&op));
  auto [packed, unpackedBytes] = packedArgument(kernel);
  SmallVector<TensorUse> reads, writes;
  for (auto [i, input] : llvm::enumerate(launch.getInputs()))
    if (std::optional<TensorUse> use = useOf(input)) {
      if (i == packed)
        use->unpackedBytes = unpackedBytes;
      reads.push_back(std::move(*use));
    }
  for (Value output : launch.getOutputs())
    if (std::optional<TensorUse> use = useOf(output))
      writes.push_back(std::move(*use));
  addStep(std::move(step), reads, writes);
}

/// What is left outside of kernels. An operation that does not say which of its
/// operands it writes may write each.
void Describer::addOther(Operation *op) {
  SmallVector<TensorUse> reads, writes;
  auto add = [&](SmallVector<TensorUse> &uses, Value value) {
    if (std::optional<TensorUse> use = useOf(value))
      uses.push_back(std::move(*use));
  };
  SetVector<Value> values(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), values);
  auto destinations = dyn_cast<DestinationStyleOpInterface>(op);
  auto copy = dyn_cast<memref::CopyOp>(op);
  for (Value value : values) {
    const bool isWritten =
        destinations ? llvm::is_contained(destinations.getDpsInits(), value)
        : copy       ? value == copy.getTarget()
                     : true;
    if (isWritten)
      add(writes, value);
    if (!isWritten || !(destinations || copy))
      add(reads, value);
  }
  if (writes.empty())
    return;
  ProgramStep step;
  step.profile.node = nameOf(op->getLoc());
  step.profile.operation = op->getName().stripDialect();
  llvm::raw_string_ostream os(step.profile.shape);
  llvm::interleave(writes.front().dims, os, "x");
  step.parts.push_back({step.profile.operation, step.profile.node});
  addStep(std::move(step), reads, writes);
}

Program Describer::run() {
  for (Operation &op : main.front()) {
    const size_t before = program.steps.size();
    // In a loop, too: launches are numbered as they stand.
    op.walk([&](LaunchOp launch) { addLaunch(launch); });
    if (program.steps.size() == before &&
        (op.getNumRegions() || !isMemoryEffectFree(&op)))
      addOther(&op);
  }
  return std::move(program);
}

Program describeProgram(func::FuncOp main, const ModelInterface &interface,
                        ArrayRef<LaunchProfile> launches) {
  return Describer(main, interface, launches).run();
}

} // namespace convopt
