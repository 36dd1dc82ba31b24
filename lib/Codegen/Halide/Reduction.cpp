#include "Reduction.h"
#include "Combiner.h"
#include "HalideMath.h"
#include "OneInstruction.h"
#include "ScalarOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using Halide::Expr;
namespace H = Halide;

namespace convopt {

namespace {
/// Builds one reduction step by step.
class Builder {
public:
  Builder(BodyTranslator &body, linalg::LinalgOp op,
          const MachineDescription &machine, int64_t lanes)
      : body(body), op(op), machine(machine), lanes(lanes),
        map(op.getMatchingIndexingMap(op.getDpsInitOperand(0))),
        ranges(op.getStaticLoopRanges()) {}

  Reduction build(unsigned vectorLoop, int64_t width);

private:
  /// The reduction loops as dimensions of a domain, innermost first; `loop`
  /// runs over [0, extent) instead of its range.
  H::RDom makeDomain(unsigned loop, int64_t extent);
  /// Values of all loops: parallel ones the variables, others from `domain`.
  Index loopsOver(const H::RDom &domain);
  void addUpdate(const H::RDom &domain, unsigned loop, int64_t extent,
                 const Index &loops);
  /// That of the dimensions of `domain` which runs over `loop`.
  H::RVar domainLoop(const H::RDom &domain, unsigned loop);
  void buildLanes(unsigned loop, int64_t width);
  /// Adds the terms from `done` on, fewer than there are lanes, to `sums`.
  void addTails(H::Func sums, const std::vector<H::Var> &vars, unsigned loop,
                int64_t done);
  /// The values that `op` yields at `loops`, as functions of `domain`.
  std::vector<Expr> evaluate(const H::RDom &domain, const Index &loops,
                             ArrayRef<Expr> old);
  Expr combine(Expr a, Expr b) { return translateScalarOp(combiner, {a, b}); }

  BodyTranslator &body;
  linalg::LinalgOp op;
  const MachineDescription &machine;
  const int64_t lanes; ///< of a vector
  AffineMap map;
  SmallVector<int64_t> ranges;
  Operation *combiner = nullptr;
  /// Whether it pays to know that what was reduced so far is no NaN.
  bool startsAsNumber = false;
  Reduction result;
};
} // namespace

H::RDom Builder::makeDomain(unsigned loop, int64_t extent) {
  H::Region region;
  for (unsigned l = op.getNumLoops(); l-- > 0;)
    if (op.getIteratorTypesArray()[l] == utils::IteratorType::reduction)
      region.push_back(
          {0, static_cast<int32_t>(l == loop ? extent : ranges[l])});
  return H::RDom(region);
}

Index Builder::loopsOver(const H::RDom &domain) {
  Index loops(op.getNumLoops());
  for (unsigned d = 0; d < map.getNumResults(); ++d)
    loops[map.getDimPosition(d)] = result.vars[map.getNumResults() - 1 - d];
  int next = 0;
  for (unsigned l = op.getNumLoops(); l-- > 0;)
    if (op.getIteratorTypesArray()[l] == utils::IteratorType::reduction)
      loops[l] = domain[next++];
  return loops;
}

H::RVar Builder::domainLoop(const H::RDom &domain, unsigned loop) {
  int next = 0;
  for (unsigned l = op.getNumLoops(); l-- > loop + 1;)
    next += op.getIteratorTypesArray()[l] == utils::IteratorType::reduction;
  return domain[next];
}

/// Halide takes a definition that names no variable of its domain for one
/// without, a sum of equal terms for one term: what always holds names them.
std::vector<Expr> Builder::evaluate(const H::RDom &domain, const Index &loops,
                                    ArrayRef<Expr> old) {
  std::vector<Expr> values = body.evaluate(op, loops, old);
  auto names = [&](const Expr &value) {
    for (int d = 0; d < domain.dimensions(); ++d)
      if (H::Internal::expr_uses_var(value, domain[d].name()))
        return true;
    return false;
  };
  if (llvm::none_of(values, names))
    values[0] = H::select(domain[0] >= 0, values[0], old[0]);
  return values;
}

void Builder::addUpdate(const H::RDom &domain, unsigned loop, int64_t extent,
                        const Index &loops) {
  std::vector<Expr> old, value;
  H::FuncRef element = result.func(result.vars);
  for (unsigned i = 0; i < op.getNumDpsInits(); ++i)
    old.push_back(op.getNumDpsInits() == 1 ? Expr(element) : Expr(element[i]));
  value = evaluate(domain, loops, old);
  if (value.size() == 1) {
    result.func(result.vars) =
        startsAsNumber ? assumingNumbers(value[0], result.func.name())
                       : value[0];
  } else {
    for (Expr &e : value)
      e = withoutStrictComparisons(e);
    result.func(result.vars) = H::Tuple(value);
  }
  result.loops.emplace_back();
  result.loopExtents.emplace_back();
  int next = 0;
  for (unsigned l = op.getNumLoops(); l-- > 0;)
    if (op.getIteratorTypesArray()[l] == utils::IteratorType::reduction) {
      result.loops.back().push_back(domain[next++]);
      result.loopExtents.back().push_back(l == loop ? extent : ranges[l]);
    }
}

void Builder::buildLanes(unsigned loop, int64_t width) {
  int64_t whole = ranges[loop] / width;
  H::Var lane("lane");
  std::vector<H::Var> vars = result.vars;
  vars.insert(vars.begin(), lane);
  H::Func sums("lanes");
  Expr neutral = constantExpr(*arith::getNeutralElement(combiner));
  sums(vars) = neutral;
  H::RDom domain = makeDomain(loop, whole);
  Index loops = loopsOver(domain);
  loops[loop] = loops[loop] * static_cast<int32_t>(width) + lane;
  sums(vars) = evaluate(domain, loops, {Expr(sums(vars))})[0];
  addTails(sums, vars, loop, whole * width);
  result.lanes.push_back(sums);
  result.laneCounts.push_back(width);
  for (int64_t half = width / 2; half >= 1; half /= 2) {
    std::vector<Expr> low(vars.begin(), vars.end()), high = low;
    high[0] = lane + static_cast<int32_t>(half);
    H::Func halves("halves");
    halves(vars) = combine(result.lanes.back()(low), result.lanes.back()(high));
    result.lanes.push_back(halves);
    result.laneCounts.push_back(half);
  }
  std::vector<Expr> first(vars.begin(), vars.end());
  first[0] = 0;
  result.func(result.vars) =
      combine(Expr(result.func(result.vars)), result.lanes.back()(first));
  result.loops.emplace_back();
  result.loopExtents.emplace_back();
}

void Builder::addTails(H::Func sums, const std::vector<H::Var> &vars,
                       unsigned loop, int64_t done) {
  const int64_t rest = ranges[loop] - done;
  int64_t begin = 0;
  for (int64_t vector = lanes; vector >= 1; vector /= 2) {
    const int64_t extent =
        vector == lanes ? rest / lanes * lanes : (rest & vector);
    if (extent == 0)
      continue;
    H::RDom domain = makeDomain(loop, extent);
    Index loops = loopsOver(domain);
    std::vector<Expr> place(vars.begin(), vars.end());
    Expr lane = loops[loop] + static_cast<int32_t>(begin);
    place[0] = lane;
    result.tails.push_back(
        {domainLoop(domain, loop), static_cast<int>(vector)});
    loops[loop] = lane + static_cast<int32_t>(done);
    sums(place) = evaluate(domain, loops, {Expr(sums(place))})[0];
    begin += extent;
  }
}

Reduction Builder::build(unsigned vectorLoop, int64_t width) {
  result.op = op;
  result.func = H::Func("reduction");
  ArrayRef<int64_t> shape = shapeOf(op->getResult(0));
  Index index;
  for (size_t d = 0; d < shape.size(); ++d) {
    result.vars.emplace_back("at" + std::to_string(d));
    result.extents.push_back(shape[shape.size() - 1 - d]);
  }
  for (size_t d = shape.size(); d-- > 0;)
    index.push_back(result.vars[d]);
  std::vector<Expr> initial;
  for (unsigned i = 0; i < op.getNumDpsInits(); ++i)
    initial.push_back(body.initialAt(op, i, index));
  startsAsNumber = dropsNaN(op) && isNumber(initial[0]) &&
                   !isOneInstruction(initial[0].type(), machine);
  if (initial.size() == 1)
    result.func(result.vars) = initial[0];
  else
    result.func(result.vars) = H::Tuple(initial);
  if (width > 1) {
    combiner = matchCombiner(op);
    buildLanes(vectorLoop, width);
    return result;
  }
  H::RDom domain = makeDomain(0, ranges[0]);
  addUpdate(domain, 0, ranges[0], loopsOver(domain));
  return result;
}

Reduction buildReduction(BodyTranslator &body, linalg::LinalgOp op,
                         const MachineDescription &machine, unsigned vectorLoop,
                         int64_t width, int64_t lanes) {
  return Builder(body, op, machine, lanes).build(vectorLoop, width);
}

} // namespace convopt
