#include "Parts.h"

using namespace Halide;

namespace convopt {

Division divide(const ConvRequest &request) {
  return divide(request.layer, request.choice, request.machine,
                request.threads);
}

void parallelise(const Division &division, Stage out, const VarOrRVar &image,
                 const VarOrRVar &strip, const VarOrRVar &block) {
  if (division.loop == DividedLoop::Images)
    out.parallel(image);
  if (division.loop == DividedLoop::Strips)
    out.parallel(strip);
  if (division.loop == DividedLoop::Blocks)
    out.parallel(block);
}

void parallelise(const ConvRequest &request, Func out,
                 std::vector<std::pair<Var, int64_t>> blocks) {
  if (request.threads < 2)
    return;
  auto balance = [&](int64_t count) {
    return static_cast<double>(count) /
           static_cast<double>(roundUp(count, request.threads));
  };
  constexpr double better = 0.05;
  auto best = blocks.end();
  for (auto block = blocks.end(); block-- != blocks.begin();)
    if (block->second >= request.threads &&
        (best == blocks.end() ||
         balance(block->second) > balance(best->second) + better))
      best = block;
  if (best != blocks.end())
    out.parallel(best->first);
}

} // namespace convopt
