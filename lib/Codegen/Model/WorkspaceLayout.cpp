// What a caller has to provide: Runtime/Plan.h says what lies in it, here is
// how much of each. True shapes of outputs stand behind the tensors, a line of
// the cache each, and not among them, since they are read after the run.

#include "WorkspaceLayout.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace convopt {

/// Where true shapes begin, counted from the tensors. Not at 0, which says that
/// there is none.
static int64_t firstShape(const ModelFacts &facts) {
  return static_cast<int64_t>(
      alignTo(std::max<int64_t>(facts.tensorBytes, 1), CONVOPT_ALIGNMENT));
}

static int64_t shapeBytesOf(const TensorInfo &output) {
  return static_cast<int64_t>(
      alignTo(output.dims.size() * sizeof(int64_t), CONVOPT_ALIGNMENT));
}

int64_t workspaceBytes(const ModelFacts &facts) {
  return CONVOPT_HEADER_BYTES + facts.threads * CONVOPT_THREAD_BYTES +
         facts.scratchBytes + facts.threads * facts.threadScratchBytes +
         (facts.shapeBytes ? firstShape(facts) : facts.tensorBytes) +
         facts.shapeBytes;
}

int64_t shapeBytes(const ModelInterface &interface) {
  int64_t bytes = 0;
  for (int64_t output : interface.shapes)
    bytes += shapeBytesOf(interface.outputs[output]);
  return bytes;
}

std::vector<int64_t> shapeOffsets(const ModelInterface &interface,
                                  const ModelFacts &facts) {
  std::vector<int64_t> offsets(interface.outputs.size(), 0);
  int64_t next = firstShape(facts);
  for (int64_t output : interface.shapes) {
    offsets[output] = next;
    next += shapeBytesOf(interface.outputs[output]);
  }
  return offsets;
}

} // namespace convopt
