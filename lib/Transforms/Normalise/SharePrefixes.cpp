// Each layer of a DenseNet reads the concatenation of all results before it,
// and exporters write it so: the n-th layer's has n operands, a quarter of a
// million pairs for a thousand layers. But each is the one before and one part
// more. Said so, the operands grow as the layers do, and so does all that looks
// at them; a kernel copies two tensors in place of n, the same bytes; and the
// last part, which nothing else reads now, is computed in its place.
//
// The longest beginning of an operand list that is all of an earlier one is
// found by its hash, which is formed from the front: one look-up an operand.

#include "convopt/Transforms/Normalise.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_SHAREPREFIXES
#include "convopt/Transforms/Passes.h.inc"

namespace {
/// A concatenation as it was written.
struct Written {
  uint64_t dim;
  SmallVector<Value> parts;
  Value result;
};

/// Those of one block so far.
class Prefixes {
public:
  void visit(tensor::ConcatOp op);

private:
  std::vector<Written> written;
  /// By the hash of dimension and parts, the first that has it.
  DenseMap<size_t, size_t> byHash;
};
} // namespace

void Prefixes::visit(tensor::ConcatOp op) {
  Written current{op.getDim(), llvm::to_vector(op.getInputs()), op.getResult()};
  ArrayRef<Value> parts(current.parts);
  const Written *longest = nullptr;
  llvm::hash_code hash = llvm::hash_value(current.dim);
  for (size_t count = 1; count <= parts.size(); ++count) {
    hash = llvm::hash_combine(hash, parts[count - 1].getAsOpaquePointer());
    auto found = byHash.find(hash);
    if (count == 1 || count == parts.size() || found == byHash.end())
      continue;
    const Written &candidate = written[found->second];
    if (candidate.dim == current.dim && candidate.parts.size() == count)
      longest = &candidate;
  }
  if (longest &&
      ArrayRef(longest->parts) == parts.take_front(longest->parts.size())) {
    SmallVector<Value> shorter{longest->result};
    llvm::append_range(shorter, parts.drop_front(longest->parts.size()));
    op.getInputsMutable().assign(shorter);
  }
  byHash.try_emplace(hash, written.size());
  written.push_back(std::move(current));
}

void sharePrefixes(Operation *op) {
  op->walk([](Block *block) {
    Prefixes prefixes;
    for (auto concat : block->getOps<tensor::ConcatOp>())
      prefixes.visit(concat);
  });
}

namespace {
struct SharePrefixes : impl::SharePrefixesBase<SharePrefixes> {
  void runOnOperation() override { sharePrefixes(getOperation()); }
};
} // namespace

} // namespace convopt
