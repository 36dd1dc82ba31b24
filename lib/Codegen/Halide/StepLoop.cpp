// Halide has no loop around a pipeline: its Funcs may depend on themselves, but
// not on one another in a circle, and a recurrent layer's sums depend on the
// state as the state on them. So a pipeline computes one step, with the number
// of the step and the state before as arguments, and is scheduled and lowered
// like any other. Here, on the lowered code, the loop comes around it, and the
// state before is read where the step before has stored it. (The alternative, a
// launch a step, takes the time of a small layer's step again for the call.)
//
// Renaming the loads is no nicety: Halide tells LLVM that buffers of different
// names do not overlap, so that a load of another name could move out of the
// loop.

#include "StepLoop.h"

using namespace Halide;
using namespace Halide::Internal;

namespace convopt {

namespace {
class ReadOutputs : public IRMutator {
public:
  explicit ReadOutputs(const std::map<std::string, std::string> &earlier)
      : earlier(earlier) {}

private:
  using IRMutator::visit;

  Expr visit(const Load *op) override {
    auto output = earlier.find(op->name);
    if (output == earlier.end())
      return IRMutator::visit(op);
    return Load::make(op->type, output->second, mutate(op->index), op->image,
                      op->param, mutate(op->predicate), op->alignment);
  }

  /// What describes the argument's buffer.
  Stmt visit(const LetStmt *op) override {
    for (const auto &[argument, output] : earlier)
      if (op->name == argument || op->name.rfind(argument + ".", 0) == 0)
        return mutate(op->body);
    return IRMutator::visit(op);
  }

  const std::map<std::string, std::string> &earlier;
};
} // namespace

static bool dependsOn(const Expr &e, llvm::ArrayRef<OutsideLoop> loops) {
  return llvm::any_of(loops, [&](const OutsideLoop &loop) {
    return expr_uses_var(e, loop.variable);
  });
}

/// The loops stand within the descriptions of buffers, which do not change.
static Stmt addLoops(const Stmt &body, llvm::ArrayRef<OutsideLoop> loops) {
  if (const auto *let = body.as<LetStmt>();
      let && !dependsOn(let->value, loops))
    return LetStmt::make(let->name, let->value, addLoops(let->body, loops));
  Stmt result = body;
  for (const OutsideLoop &loop : llvm::reverse(loops))
    result = For::make(loop.variable, 0, loop.extent,
                       loop.isParallel ? ForType::Parallel : ForType::Serial,
                       Partition::Never, DeviceAPI::None, result);
  return result;
}

void makeStepLoop(Module &module, llvm::ArrayRef<OutsideLoop> loops,
                  const std::map<std::string, std::string> &earlier) {
  LoweredFunc &function = module.functions().front();
  Stmt body = addLoops(ReadOutputs(earlier).mutate(function.body), loops);
  std::vector<LoweredFunc> tasks;
  body = lower_parallel_tasks(body, tasks, function.name, module.target());
  function.body = body;
  llvm::erase_if(function.args, [&](const LoweredArgument &argument) {
    return earlier.count(argument.name) ||
           llvm::any_of(loops, [&](const OutsideLoop &loop) {
             return loop.variable == argument.name;
           });
  });
  for (const LoweredFunc &task : tasks)
    module.append(task);
}

} // namespace convopt
