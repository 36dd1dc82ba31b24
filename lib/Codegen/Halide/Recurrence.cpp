// A recurrent layer's step is a product of a matrix and a vector (a few, with a
// batch) and then a function of each unit. The matrix is the same in all steps:
// it is to stay in the cache, and be read as one stream. So its rows, one for
// each gate of each unit, stand in blocks of units and within a block as the
// innermost loops take them: for each element of the state the gates of all
// units of the block. Vectors run along the units, so no sum is taken across a
// vector and each unit's gates lie in the same lane when its function is
// computed, from registers.
//
// That product is in GateProducts.cpp, the function in RecurrenceCell.cpp. What
// is here is one step of one direction; makeStepLoop adds the loops. The
// state before, which a step reads as a whole and replaces, is copied first:
// then the step may write where it was. The new state stands in scratch memory
// until all units are computed.

#include "Recurrence.h"
#include "GateProducts.h"
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
  bool isPadded() const { return blocks * width != units; }
  Expr lengthOf(const Expr &sequence);
  Expr timeOf(const Expr &sequence);
  Expr isWithin(const Expr &sequence);
  Expr stateBefore(size_t i, const Expr &unit, const Expr &sequence);
  UnitElements copyState(size_t i);
  std::vector<Expr> stateArguments();
  GateProducts multiply(Value weights, int gates, const UnitElements &vector);
  void scheduleUnits(H::Func func);
  std::vector<H::Func> addOutputs(H::Func cell);

  KernelOp kernel;
  RecurrenceOp op;
  const KernelOptions &options;
  const int width, units, blocks, batches, steps;
  const H::Type type;
  BodyTranslator body;
  H::Param<int32_t> step{"step"}, direction{"direction"};
  const UnitVars vars;
  const H::Var &lane = vars.lane, &block = vars.block,
               &sequence = vars.sequence;
  H::Var unit{"unit"}, side{"side"}, time{"time"};
  std::vector<H::ImageParam> before;
  std::vector<UnitElements> states;
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
UnitElements StepBuilder::copyState(size_t i) {
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
  for (const UnitElements &state : states)
    arguments.push_back(state(lane, block, sequence));
  for (int i = 0; i < op.getParameterCount(); ++i)
    arguments.push_back(
        body.at(op.getParameters(), {direction, i, block, lane}));
  return arguments;
}

/// The products of `vector` with the weights of this direction.
GateProducts StepBuilder::multiply(Value weights, int gates,
                                   const UnitElements &vector) {
  const RecurrenceTile tile = chooseRecurrenceTile(
      gates, width, units, batches, vectorLanes(type, options),
      options.machine.vectorRegisters);
  auto weight = [&](const Expr &b, const Expr &k, const Expr &g,
                    const Expr &l) {
    return body.at(weights, {direction, b, k, g, l});
  };
  return GateProducts(type, {width, units, blocks, batches}, vars, gates, tile,
                      weight, vector);
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
  GateProducts products = multiply(op.getWeights(), early, states[0]);
  for (int g = 0; g < early; ++g)
    sums.push_back(products.sum(g));

  if (op.getLate()) {
    // The sums of the first gates are read twice, so they are stored.
    H::Func stored("sums");
    stored(lane, block, sequence) = H::Tuple(sums);
    products.scheduleWith(stored);
    for (int g = 0; g < early; ++g)
      sums[g] = early == 1 ? Expr(stored(lane, block, sequence))
                           : Expr(stored(lane, block, sequence)[g]);
    std::vector<Expr> given(inputs.begin(), inputs.begin() + early);
    given.insert(given.end(), sums.begin(), sums.end());
    for (const Expr &e : stateArguments())
      given.push_back(e);
    H::Func reset("reset");
    reset(lane, block, sequence) =
        evaluateCell(op.getReset().front(), given)[0];
    scheduleUnits(reset);
    products = multiply(op.getLate(), gates - early,
                        [=](const Expr &l, const Expr &b, const Expr &n) {
                          return reset(l, b, n);
                        });
    for (int g = 0; g < gates - early; ++g)
      sums.push_back(products.sum(g));
  }

  std::vector<Expr> given = inputs;
  given.insert(given.end(), sums.begin(), sums.end());
  for (const Expr &e : stateArguments())
    given.push_back(e);
  H::Func cell("cell");
  std::vector<Expr> yielded = evaluateCell(op.getCell().front(), given);
  if (yielded.size() == 1)
    cell(lane, block, sequence) = yielded[0];
  else
    cell(lane, block, sequence) = H::Tuple(yielded);
  products.scheduleWith(cell);

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
