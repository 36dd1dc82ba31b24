// Models that are protobuf and mostly ONNX, wrong in what they say: another
// operator, an edge to another tensor, a shape that does not fit, an attribute
// out of range. Such inputs pass the parser and most of the checker, and go on
// to inference, the importers and the passes.

#include "Compilation.h"
#include "GraphMutator.h"
#include "Target.h"
#include "onnx/onnx_pb.h"
#include <algorithm>

using namespace convopt;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  compileBytes("model.onnx", {reinterpret_cast<const char *>(data), size});
  return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most,
                               unsigned seed) {
  onnx::ModelProto model;
  // What is no model is left to the target of bytes, but for few.
  if (!model.ParseFromArray(data, static_cast<int>(size)) || seed % 50 == 0)
    return LLVMFuzzerMutate(data, size, most);
  mutateModel(model, seed);
  std::string changed = model.SerializeAsString();
  if (changed.size() > most)
    return size;
  std::copy(changed.begin(), changed.end(), data);
  return changed.size();
}
