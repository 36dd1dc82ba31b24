// A recurrent layer's step is a product of a matrix and a vector (a few, with a
// batch) and then a function of each unit. The matrix is the same in all steps:
// it is to stay in the cache, and be read as one stream. So its rows, one for
// each gate of each unit, stand in blocks of units and within a block as the
// innermost loops take them: for each element of the state the gates of all
// units of the block. Vectors run along the units, so no sum is taken across a
// vector and each unit's gates lie in the same lane when its function is
// computed, from registers.
//
// What is here is one step of one direction; makeStepLoop adds the loops. The
// state before, which a step reads as a whole and replaces, is copied first:
// then the step may write where it was. The new state stands in scratch memory
// until all units are computed.

#include "Recurrence.h"
#include "HalideMath.h"
#include "KernelPipeline.h"
#include "ScalarOps.h"
#include "StepLoop.h"

using namespace mlir;
using Halide::Expr;
namespace H = Halide;

namespace convopt {

RecurrenceOp findRecurrence(KernelOp kernel) {
  for (Operation &op : kernel.getBody().front())
    if (auto recurrence = dyn_cast<RecurrenceOp>(op))
      return recurrence;
  return nullptr;
}

/// What `block` yields for `arguments`.
static std::vector<Expr> evaluate(Block &block, ArrayRef<Expr> arguments) {
  DenseMap<Value, Expr> values;
  for (auto [argument, value] :
       llvm::zip_equal(block.getArguments(), arguments))
    values[argument] = value;
  for (Operation &op : block.without_terminator()) {
    if (Value x = matchSigmoid(&op)) {
      values[op.getResult(0)] = sigmoidOf(values.lookup(x));
      continue;
    }
    SmallVector<Expr> operands;
    for (Value operand : op.getOperands())
      operands.push_back(values.lookup(operand));
    values[op.getResult(0)] = translateScalarOp(&op, operands);
  }
  std::vector<Expr> yielded;
  for (Value value : block.getTerminator()->getOperands())
    yielded.push_back(values.lookup(value));
  return yielded;
}

namespace {
class StepBuilder {
public:
  StepBuilder(KernelOp kernel, RecurrenceOp op, const KernelOptions &options)
      : kernel(kernel), op(op), options(options),
        width(static_cast<int>(op.getBlockUnits())),
        units(static_cast<int>(op.getUnits())),
        blocks(static_cast<int>(op.getBlocks())),
        batches(static_cast<int>(op.getBatch())),
        steps(static_cast<int>(op.getSteps())),
        type(computeType(getElementTypeOrSelf(op.getGates().getType()))) {}

  H::Module build(const H::Target &target);

private:
  /// An element of every unit of every sequence: lane and block of the unit.
  using Elements = std::function<Expr(Expr lane, Expr block, Expr sequence)>;

  RecurrenceTile tileOf(int gates) {
    return chooseRecurrenceTile(gates, width, units, batches,
                                vectorLanes(type, options),
                                options.machine.vectorRegisters);
  }
  bool isPadded() const { return blocks * width != units; }
  Expr lengthOf(const Expr &sequence);
  Expr timeOf(const Expr &sequence);
  Expr isWithin(const Expr &sequence);
  Expr stateBefore(size_t i, const Expr &unit, const Expr &sequence);
  Elements copyState(size_t i);
  std::vector<Expr> stateArguments();
  H::Func multiply(Value weights, int gates, const Elements &vector);
  Expr sumOf(H::Func products, int gate, const RecurrenceTile &tile);
  void scheduleTile(H::Func func, H::Func products, int gates,
                    const RecurrenceTile &tile);
  void scheduleUnits(H::Func func);
  std::vector<H::Func> addOutputs(H::Func cell);

  KernelOp kernel;
  RecurrenceOp op;
  const KernelOptions &options;
  const int width, units, blocks, batches, steps;
  const H::Type type;
  BodyTranslator body;
  H::Param<int32_t> step{"step"}, direction{"direction"};
  H::Var lane{"lane"}, gate{"gate"}, block{"block"}, sequence{"sequence"},
      split{"split"}, unit{"unit"}, side{"side"}, time{"time"};
  std::vector<H::ImageParam> before;
  std::vector<Elements> states;
};
} // namespace

/// Data may hold any number: nothing is read outside.
Expr StepBuilder::lengthOf(const Expr &n) {
  return H::clamp(body.at(op.getLengths(), {n}), 0, steps);
}

Expr StepBuilder::isWithin(const Expr &n) {
  return op.getLengths() ? step < lengthOf(n) : H::Internal::const_true();
}

/// The step of the sequence that is taken now.
Expr StepBuilder::timeOf(const Expr &n) {
  ArrayRef<bool> reverse = op.getReverse();
  Expr back = op.getLengths()
                  ? H::select(isWithin(n), lengthOf(n) - 1 - step, step)
                  : steps - 1 - step;
  if (llvm::all_equal(reverse))
    return reverse.front() ? back : Expr(step);
  return H::select(direction == (reverse.front() ? 0 : 1), back, Expr(step));
}

Expr StepBuilder::stateBefore(size_t i, const Expr &u, const Expr &n) {
  Expr initial = body.at(op.getStates()[i], {direction, n, u});
  return H::select(step == 0, initial,
                   before[i]((direction * batches + n) * units + u));
}

/// A copy, with zeros for the units that fill the last block.
StepBuilder::Elements StepBuilder::copyState(size_t i) {
  H::Func copy("state" + std::to_string(i));
  if (isPadded())
    copy(unit, sequence) = H::select(
        unit < units, stateBefore(i, H::min(unit, units - 1), sequence),
        H::Internal::make_zero(type));
  else
    copy(unit, sequence) = stateBefore(i, unit, sequence);
  copy.compute_root().vectorize(unit, width, H::TailStrategy::GuardWithIf);
  int block = width;
  return [=](const Expr &l, const Expr &b, const Expr &n) {
    return copy(b * block + l, n);
  };
}

/// The states and parameters of a unit, as the regions take them.
std::vector<Expr> StepBuilder::stateArguments() {
  std::vector<Expr> arguments;
  arguments.reserve(states.size() + op.getParameterCount());
  for (const Elements &state : states)
    arguments.push_back(state(lane, block, sequence));
  for (int i = 0; i < op.getParameterCount(); ++i)
    arguments.push_back(
        body.at(op.getParameters(), {direction, i, block, lane}));
  return arguments;
}

/// The products of `vector` with the weights, added up in several sums.
H::Func StepBuilder::multiply(Value weights, int gates,
                              const Elements &vector) {
  const int splits = tileOf(gates).splits;
  H::Func products("products");
  H::RDom r(0, units / splits, "k");
  Expr k = r * splits + split;
  products(lane, gate, block, sequence, split) = H::Internal::make_zero(type);
  products(lane, gate, block, sequence, split) +=
      body.at(weights, {direction, block, k, gate, lane}) *
      vector(k % width, k / width, sequence);
  return products;
}

Expr StepBuilder::sumOf(H::Func products, int g, const RecurrenceTile &tile) {
  std::vector<Expr> sums;
  sums.reserve(tile.splits);
  for (int i = 0; i < tile.splits; ++i)
    sums.push_back(products(lane, g, block, sequence, i));
  while (sums.size() > 1) {
    for (size_t i = 0; i < sums.size() / 2; ++i)
      sums[i] = sums[2 * i] + sums[2 * i + 1];
    sums.resize(sums.size() / 2);
  }
  return sums.front();
}

/// `func` of lane, block and sequence a tile at a time, and its products
/// within.
void StepBuilder::scheduleTile(H::Func func, H::Func products, int gates,
                               const RecurrenceTile &tile) {
  H::Var vector("vector"), vectors("vectors"), tileBlock("tileBlock"),
      tileSequence("tileSequence"), part("part");
  const auto overlap = H::TailStrategy::ShiftInwards;
  func.compute_root()
      .bound(lane, 0, width)
      .bound(block, 0, blocks)
      .bound(sequence, 0, batches)
      .split(lane, vector, lane, tile.lanes)
      .split(vector, vectors, vector, tile.vectors)
      .split(block, block, tileBlock, tile.blocks, overlap)
      .split(sequence, sequence, tileSequence, tile.batch, overlap)
      .reorder(
          {lane, vector, tileBlock, tileSequence, vectors, sequence, block})
      .vectorize(lane)
      .unroll(vector)
      .unroll(tileBlock)
      .unroll(tileSequence);
  products.compute_at(func, vectors)
      .bound_extent(lane, tile.lanes * tile.vectors)
      .bound(gate, 0, gates)
      .bound_extent(block, tile.blocks)
      .bound_extent(sequence, tile.batch)
      .bound(split, 0, tile.splits)
      .split(lane, vector, lane, tile.lanes)
      .vectorize(lane)
      .unroll(vector)
      .unroll(gate)
      .unroll(block)
      .unroll(sequence)
      .unroll(split);
  H::RVar k = products.rvars()[0];
  int rest = units / tile.splits, unrolled = 1;
  while (unrolled * tile.splits < 4 && rest % (2 * unrolled) == 0)
    unrolled *= 2;
  products.update()
      .split(lane, vector, lane, tile.lanes)
      .reorder({lane, vector, gate, block, sequence, split, k})
      .vectorize(lane)
      .unroll(vector)
      .unroll(gate)
      .unroll(block)
      .unroll(sequence)
      .unroll(split)
      .unroll(k, unrolled);
}

/// A Func of lane, block and sequence, a vector at a time.
void StepBuilder::scheduleUnits(H::Func func) {
  func.compute_root()
      .bound(lane, 0, width)
      .bound(block, 0, blocks)
      .bound(sequence, 0, batches)
      .vectorize(lane);
}

/// Copies of the new state to where others look for it.
std::vector<H::Func> StepBuilder::addOutputs(H::Func cell) {
  auto newState = [&](size_t i) -> Expr {
    H::FuncRef ref = cell(unit % width, unit / width, sequence);
    return cell.outputs() == 1 ? Expr(ref) : Expr(ref[static_cast<int>(i)]);
  };
  const int sides = static_cast<int>(op.getDirections());
  auto schedule = [&](H::Func func, ArrayRef<int> extents) {
    func.bound(unit, 0, units).bound(sequence, 0, batches);
    func.update().vectorize(unit, width, H::TailStrategy::GuardWithIf);
    int stride = 1;
    for (auto [d, extent] : llvm::enumerate(extents)) {
      func.output_buffer().dim(d).set_bounds(0, extent).set_stride(stride);
      stride *= extent;
    }
  };
  std::vector<H::Func> outputs;
  if (op.getSequence()) {
    H::Func out("sequence");
    Expr value = newState(0);
    if (op.getLengths())
      value =
          H::select(isWithin(sequence), value, H::Internal::make_zero(type));
    out(unit, sequence, side, time) = H::undef(type);
    out(unit, sequence, direction, timeOf(sequence)) = value;
    schedule(out, {units, batches, sides, steps});
    outputs.push_back(out);
  }
  for (size_t i = 0; i < op.getStates().size(); ++i) {
    H::Func out("final" + std::to_string(i));
    Expr value = newState(i);
    if (op.getLengths())
      value =
          H::select(isWithin(sequence), value, stateBefore(i, unit, sequence));
    out(unit, sequence, side) = H::undef(type);
    out(unit, sequence, direction) = value;
    schedule(out, {units, batches, sides});
    outputs.push_back(out);
  }
  return outputs;
}

H::Module StepBuilder::build(const H::Target &target) {
  std::vector<H::Argument> arguments = defineArguments(kernel, body);
  const int sides = static_cast<int>(op.getDirections());
  for (size_t i = 0; i < op.getStates().size(); ++i) {
    before.emplace_back(type, 1, "before" + std::to_string(i));
    before.back().dim(0).set_bounds(0, sides * batches * units).set_stride(1);
    arguments.push_back(before.back());
    // All of h is read for every unit, of the other states its own element.
    if (i == 0 || isPadded() || op.getLengths())
      states.push_back(copyState(i));
    else
      states.push_back([=](const Expr &l, const Expr &b, const Expr &n) {
        return stateBefore(i, b * width + l, n);
      });
  }
  arguments.push_back(step);
  arguments.push_back(direction);

  const int gates = static_cast<int>(op.getGateCount());
  const int early = static_cast<int>(op.getEarlyGates());
  std::vector<Expr> inputs, sums;
  for (int g = 0; g < gates; ++g)
    inputs.push_back(body.at(op.getGates(), {timeOf(sequence), sequence,
                                             direction, block, g, lane}));
  H::Func products = multiply(op.getWeights(), early, states[0]);
  RecurrenceTile tile = tileOf(early);
  int tileGates = early;
  for (int g = 0; g < early; ++g)
    sums.push_back(sumOf(products, g, tile));

  if (op.getLate()) {
    // The sums of the first gates are read twice, so they are stored.
    H::Func stored("sums");
    stored(lane, block, sequence) = H::Tuple(sums);
    scheduleTile(stored, products, early, tile);
    for (int g = 0; g < early; ++g)
      sums[g] = early == 1 ? Expr(stored(lane, block, sequence))
                           : Expr(stored(lane, block, sequence)[g]);
    std::vector<Expr> given(inputs.begin(), inputs.begin() + early);
    given.insert(given.end(), sums.begin(), sums.end());
    for (const Expr &e : stateArguments())
      given.push_back(e);
    H::Func reset("reset");
    reset(lane, block, sequence) = evaluate(op.getReset().front(), given)[0];
    scheduleUnits(reset);
    tileGates = gates - early;
    tile = tileOf(tileGates);
    products = multiply(op.getLate(), tileGates,
                        [=](const Expr &l, const Expr &b, const Expr &n) {
                          return reset(l, b, n);
                        });
    for (int g = 0; g < tileGates; ++g)
      sums.push_back(sumOf(products, g, tile));
  }

  std::vector<Expr> given = inputs;
  given.insert(given.end(), sums.begin(), sums.end());
  for (const Expr &e : stateArguments())
    given.push_back(e);
  H::Func cell("cell");
  std::vector<Expr> yielded = evaluate(op.getCell().front(), given);
  if (yielded.size() == 1)
    cell(lane, block, sequence) = yielded[0];
  else
    cell(lane, block, sequence) = H::Tuple(yielded);
  scheduleTile(cell, products, tileGates, tile);

  std::vector<H::Func> outputs = addOutputs(cell);
  H::Module module = H::Pipeline(outputs).compile_to_module(
      arguments, kernel.getSymName().str(), target, H::LinkageType::External);
  std::map<std::string, std::string> earlier;
  for (size_t i = 0; i < before.size(); ++i)
    earlier[before[i].name()] = outputs[i + op.getSequence()].name();
  // Directions have nothing in common.
  bool shared = options.threads > 1 && sides > 1;
  makeStepLoop(module,
               {{direction.name(), sides, shared}, {step.name(), steps, false}},
               earlier);
  return module;
}

H::Module buildRecurrence(KernelOp kernel, const KernelOptions &options,
                          const H::Target &target) {
  return StepBuilder(kernel, findRecurrence(kernel), options).build(target);
}

} // namespace convopt
