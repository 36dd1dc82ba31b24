// The product of a matrix and a vector with which a step of a recurrent layer
// takes its time. A tile of sums stays in registers while the vector is run
// along: some vectors of units, all gates of each, some blocks and sequences,
// which are chosen in RecurrenceTile.cpp. A layer with few units for its
// registers has several sums for each result instead, each of every second or
// fourth product, so that multiply-adds do not wait for each other; they are
// added up in pairs at the end. What is made of the sums, the function of each
// unit, is computed in the same loops: it reads them from registers.

#include "GateProducts.h"

using Halide::Expr;
namespace H = Halide;

namespace convopt {

GateProducts::GateProducts(H::Type type, const StepSizes &sizes,
                           const UnitVars &vars, int gates,
                           const RecurrenceTile &tile,
                           const GateWeights &weights,
                           const UnitElements &vector)
    : sizes(sizes), vars(vars), gates(gates), tile(tile) {
  const auto &[lane, block, sequence] = vars;
  H::RDom r(0, sizes.units / tile.splits, "k");
  Expr k = r * tile.splits + split;
  products(lane, gate, block, sequence, split) = H::Internal::make_zero(type);
  products(lane, gate, block, sequence, split) +=
      weights(block, k, gate, lane) *
      vector(k % sizes.width, k / sizes.width, sequence);
}

Expr GateProducts::sum(int g) const {
  std::vector<Expr> sums;
  sums.reserve(tile.splits);
  for (int i = 0; i < tile.splits; ++i)
    sums.push_back(products(vars.lane, g, vars.block, vars.sequence, i));
  while (sums.size() > 1) {
    for (size_t i = 0; i < sums.size() / 2; ++i)
      sums[i] = sums[2 * i] + sums[2 * i + 1];
    sums.resize(sums.size() / 2);
  }
  return sums.front();
}

void GateProducts::scheduleWith(H::Func func) {
  H::Var vector("vector"), vectors("vectors"), tileBlock("tileBlock"),
      tileSequence("tileSequence");
  const auto &[lane, block, sequence] = vars;
  const auto overlap = H::TailStrategy::ShiftInwards;
  func.compute_root()
      .bound(lane, 0, sizes.width)
      .bound(block, 0, sizes.blocks)
      .bound(sequence, 0, sizes.batches)
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
  int rest = sizes.units / tile.splits, unrolled = 1;
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

} // namespace convopt
