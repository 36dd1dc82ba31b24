#ifndef CONVOPT_IMPORT_OPS_CELLS_H
#define CONVOPT_IMPORT_OPS_CELLS_H

#include "../Node.h"
#include "Scalar.h"

namespace convopt {

/// One of the functions that LSTM, GRU and RNN name in `activations`.
struct CellActivation {
  mlir::Value (*apply)(Scalar &, mlir::Value x, double alpha, double beta);
  double alpha, beta;

  mlir::Value operator()(Scalar &s, mlir::Value x) const {
    return apply(s, x, alpha, beta);
  }
  bool operator==(const CellActivation &other) const {
    return apply == other.apply && alpha == other.alpha && beta == other.beta;
  }
};

/// The activations of `directions` directions, those of one after the other;
/// `fallback` names those of a direction where the node names none.
llvm::Expected<std::vector<CellActivation>>
readActivations(const Node &node, llvm::ArrayRef<const char *> fallback,
                int64_t directions);

/// What the region of a recurrence is given: see convopt.recurrence.
struct CellArguments {
  llvm::ArrayRef<mlir::Value> inputs, sums, states, parameters;
};

/// How an operator computes its states, beside the sizes.
struct Cell {
  llvm::StringRef kind; ///< lstm, gru, rnn
  int64_t gates;
  /// Of which the first are multiplied with the state as it was; the others
  /// with what `reset` gives.
  int64_t early;
  int64_t states;
  std::vector<CellActivation> activations;
  /// 0: none.
  double clip;
  /// LSTM: the gate of forgetting is one less the gate of the input.
  bool coupled = false;

  /// The new states.
  llvm::SmallVector<mlir::Value> step(Scalar &s, const CellArguments &a) const;
  /// What the late gates are multiplied with.
  mlir::Value reset(Scalar &s, const CellArguments &a) const;

private:
  mlir::Value activate(Scalar &s, size_t which, mlir::Value x) const;
  llvm::SmallVector<mlir::Value> stepLstm(Scalar &s,
                                          const CellArguments &a) const;
  mlir::Value stepGru(Scalar &s, const CellArguments &a) const;
};

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_CELLS_H
