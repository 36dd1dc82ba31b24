#ifndef CONVOPT_TEST_FUZZ_TARGETS_GRAPHMUTATOR_H
#define CONVOPT_TEST_FUZZ_TARGETS_GRAPHMUTATOR_H

#include "onnx/onnx_pb.h"
#include <random>
#include <string>
#include <vector>

namespace convopt {

/// Numbers that decide; the same ones for the same seed.
class Draw {
public:
  explicit Draw(unsigned seed) : numbers(seed) {}

  /// Below `end`, or 0 if that is 0.
  size_t below(size_t end) { return end ? numbers() % end : 0; }
  bool oneIn(size_t n) { return below(n) == 0; }
  /// Zero, ones, ends of ranges and what lies around them; sizes mostly.
  int64_t number();
  template <typename List> auto &of(List &list) {
    return list[static_cast<int>(below(list.size()))];
  }

private:
  std::mt19937 numbers;
};

/// Makes one to three changes to `model`.
void mutateModel(onnx::ModelProto &model, unsigned seed);

/// Changes the node's operator, edges or attributes; `names` are of tensors
/// that it may read.
void mutateNode(onnx::NodeProto &node, const std::vector<std::string> &names,
                Draw &draw);

/// Changes shape, element type or data.
void mutateTensor(onnx::TensorProto &tensor, Draw &draw);

} // namespace convopt

#endif // CONVOPT_TEST_FUZZ_TARGETS_GRAPHMUTATOR_H
