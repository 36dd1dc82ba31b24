// Sums and pixels of a register tile are arrays on the stack with constant
// indices, of which LLVM makes registers. But Halide gives the memory of an
// allocation that has ended to the next one that it is large enough for, and
// where the first is indexed in a loop, as the rows of a transform are, that
// memory stays memory for both: each element of a pixel was stored and loaded
// again between two multiply-adds. An allocation that is larger than all before
// gets memory of its own, so each is made so. What becomes registers takes no
// stack; for the rest, so much is enough.

#include "OwnStack.h"

using namespace Halide;
using namespace Halide::Internal;

namespace convopt {

Stmt OwnStack::visit(const Allocate *op) {
  constexpr int64_t enough = 1 << 16; // bytes
  const int32_t elements = op->constant_allocation_size();
  if (op->memory_type != MemoryType::Stack || elements == 0 || all > enough)
    return IRMutator::visit(op);
  const int32_t element = op->type.bytes();
  const int32_t own = std::max(elements, largest / element + 1);
  largest = own * element;
  all += largest;
  return Allocate::make(op->name, op->type, op->memory_type, {own},
                        op->condition, mutate(op->body), op->new_expr,
                        op->free_function, op->padding);
}

} // namespace convopt
