// A softmax takes three passes over a row: for its largest element, for the
// exponentials and their sum, and for the quotients. The second needs the
// exponentials to be stored while they are summed up, and the third finds them
// best where it puts the quotients: a row of its own would take as much of the
// caches again. Halide has neither. A Func is computed for one that reads it or
// in a loop of its own, and a result's memory is written by the result alone.
//
// So the sum reads `kept(value, position)`, which is the value; the result
// reads `fetched(position)`; and what these say of memory is put in where the
// loops have become statements. Nothing but the sum's being an operand of the
// result orders the two, which is enough: a row's sum is complete before its
// result is begun. What is read from where it is written must not be written
// twice, so the result's last vector is a part of one, instead of one that
// overlaps.

#ifndef CONVOPT_LIB_CODEGEN_KEPTINRESULT_H
#define CONVOPT_LIB_CODEGEN_KEPTINRESULT_H

#include "Halide.h"
#include "convopt/IR/ConvoptDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace convopt {

/// The reduction in whose loop `op`, whose elements are worth storing, can put
/// them where those of the kernel's only result, `yielded`, will be: it reads
/// each once, and besides it only what is computed for the same element of the
/// result does. Null if there is none.
mlir::linalg::LinalgOp findKeepingReduction(mlir::linalg::LinalgOp op,
                                            mlir::Value yielded);

/// `value`, which is stored at `position` of the result before it is used.
Halide::Expr kept(Halide::Expr value, Halide::Expr position);

/// What was kept at `position`, for an expression that is stored there.
Halide::Expr fetched(Halide::Type type, Halide::Expr position);

/// Puts in the stores and loads on lowered code. They name the result's buffer
/// as its parameter, without which Halide takes them for aligned.
class KeepInResult : public Halide::Internal::IRMutator {
public:
  explicit KeepInResult(const Halide::Func &result)
      : name(result.name()), buffer(result.output_buffer().parameter()) {}

private:
  using Halide::Internal::IRMutator::visit;
  Halide::Internal::Stmt visit(const Halide::Internal::Store *op) override;
  Halide::Expr visit(const Halide::Internal::Call *op) override;

  std::string name;
  Halide::Parameter buffer;
  const Halide::Internal::Store *storing = nullptr;
  struct Kept {
    std::string variable;
    Halide::Expr value, position;
  };
  std::vector<Kept> found;
};

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_KEPTINRESULT_H
