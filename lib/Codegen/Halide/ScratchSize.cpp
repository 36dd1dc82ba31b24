// Halide's code asks for memory as it goes; an object allocates nothing and
// takes it from the caller's workspace, whose size is a constant of the model.
// So the size is computed here, on the lowered code, before it is compiled: the
// most that is live at one time, for the code outside of parallel loops and for
// each thread inside. It has to agree with what Halide's code generator will
// put on the stack instead, so its rule is applied, and an allocation of
// unknown size is an error: there are none, since all bounds are known.

#include "ScratchSize.h"

using namespace Halide::Internal;

namespace convopt {

namespace {
class ScratchVisitor : public IRVisitor {
public:
  explicit ScratchVisitor(const Halide::Module &module) {
    for (const LoweredFunc &function : module.functions())
      functions.emplace(function.name, function.body);
  }
  ScratchSize largest;

private:
  using IRVisitor::visit;
  std::map<std::string, Stmt> functions;
  ScratchSize current;
  bool inParallel = false;

  /// The bodies of parallel loops are functions of their own, named where
  /// halide_do_par_for is called.
  void visit(const Variable *op) override {
    if (op->name.rfind("::", 0) != 0)
      return;
    auto task = functions.find(op->name.substr(2));
    if (task == functions.end())
      return;
    bool outer = inParallel;
    inParallel = true;
    task->second.accept(this);
    inParallel = outer;
  }

  void visit(const Allocate *op) override {
    int64_t bytes = bytesOf(op);
    int64_t &size = inParallel ? current.perThread : current.outside;
    int64_t &most = inParallel ? largest.perThread : largest.outside;
    size += bytes;
    most = std::max(most, size);
    IRVisitor::visit(op);
    // What was meant for the stack stays until the function ends.
    if (op->memory_type != Halide::MemoryType::Stack)
      size -= bytes;
  }

  /// What Halide's code generator takes from the heap (its rule, as in
  /// CodeGen_Posix): what is larger than fits on the stack or of unknown size.
  static int64_t bytesOf(const Allocate *op) {
    if (op->memory_type == Halide::MemoryType::Register ||
        op->new_expr.defined())
      return 0;
    int64_t elements = op->constant_allocation_size();
    if (elements == 0)
      throw std::runtime_error("internal error: the size of '" + op->name +
                               "' is not known at compile time");
    int64_t bytes = elements * op->type.bytes();
    if (op->memory_type != Halide::MemoryType::Heap &&
        can_allocation_fit_on_stack(bytes))
      return 0;
    return (bytes + op->padding * op->type.bytes() + 63) / 64 * 64 + 64;
  }
};
} // namespace

ScratchSize measureScratch(const Halide::Module &module) {
  ScratchVisitor visitor(module);
  for (const LoweredFunc &function : module.functions())
    if (function.linkage != Halide::LinkageType::Internal)
      function.body.accept(&visitor);
  return visitor.largest;
}

} // namespace convopt
