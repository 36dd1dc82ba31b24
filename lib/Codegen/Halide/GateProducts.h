#ifndef CONVOPT_LIB_CODEGEN_GATEPRODUCTS_H
#define CONVOPT_LIB_CODEGEN_GATEPRODUCTS_H

#include "Recurrence.h"

namespace convopt {

/// How many there are of what a recurrence's step is computed for.
struct StepSizes {
  int width; ///< units of a block
  int units, blocks, batches;
};

/// What a Func of all units of all sequences runs over: the unit of a block,
/// the block, the sequence.
struct UnitVars {
  Halide::Var lane{"lane"}, block{"block"}, sequence{"sequence"};
};

/// An element of every unit of every sequence.
using UnitElements = std::function<Halide::Expr(
    Halide::Expr lane, Halide::Expr block, Halide::Expr sequence)>;

/// The weights of a direction: how gate `gate` of a unit weighs element `k` of
/// the vector.
using GateWeights = std::function<Halide::Expr(
    Halide::Expr block, Halide::Expr k, Halide::Expr gate, Halide::Expr lane)>;

/// The products of matrices of gates with a vector for each sequence.
class GateProducts {
public:
  /// `vector` gives zeros for the units that fill the last block.
  GateProducts(Halide::Type type, const StepSizes &sizes, const UnitVars &vars,
               int gates, const RecurrenceTile &tile,
               const GateWeights &weights, const UnitElements &vector);

  /// The product of one gate, as an expression in lane, block and sequence.
  Halide::Expr sum(int gate) const;
  /// Computes `func`, of lane, block and sequence, a tile at a time, and the
  /// products that it reads within.
  void scheduleWith(Halide::Func func);

private:
  StepSizes sizes;
  UnitVars vars;
  int gates;
  RecurrenceTile tile;
  Halide::Var gate{"gate"}, split{"split"};
  Halide::Func products{"products"};
};

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_GATEPRODUCTS_H
