#ifndef CONVOPT_LIB_CODEGEN_RECURRENCE_H
#define CONVOPT_LIB_CODEGEN_RECURRENCE_H

#include "BodyTranslator.h"
#include "convopt/Codegen/Kernels.h"

namespace convopt {

/// The recurrence that `kernel` computes, and nothing else; or null.
RecurrenceOp findRecurrence(KernelOp kernel);

/// All steps of the recurrence of `kernel` as one function of its name. Throws
/// Halide::Error and std::runtime_error.
Halide::Module buildRecurrence(KernelOp kernel, const KernelOptions &options,
                               const Halide::Target &target);

/// What the region of a recurrence whose only block this is yields for
/// `arguments`.
std::vector<Halide::Expr> evaluateCell(mlir::Block &block,
                                       llvm::ArrayRef<Halide::Expr> arguments);

/// The register tile in which the sums of a recurrence are computed.
struct RecurrenceTile {
  int lanes;   ///< units of a vector
  int vectors; ///< vectors of a block of units
  int blocks;  ///< blocks of units
  int batch;   ///< sequences
  int splits;  ///< sums for each result, of every splits-th product
};

/// The tile for the sums of `gates` gates over `units` units in blocks of
/// `width`, for a batch of sequences.
RecurrenceTile chooseRecurrenceTile(int gates, int width, int units, int batch,
                                    int lanes, int64_t registers);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_RECURRENCE_H
