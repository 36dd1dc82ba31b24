// Scan of opset 8, which has batches: its operands have the batch first, and it
// scans along the second dimension. That is a Scan of opset 9 over the batch,
// without state, whose body is one over the sequence; it is written so here,
// and each is unrolled or kept as any other. Lengths of sequences are taken
// where all are the whole length: what a shorter one gives behind its end means
// nothing, by the standard, but its states are those at its end.
#include "Support.h"
#include "Walk.h"

using namespace mlir;
using llvm::BitVector;
using llvm::Error;

namespace convopt {

static void addInts(onnx::NodeProto &node, const char *name, int count) {
  onnx::AttributeProto &list = *node.add_attribute();
  list.set_name(name);
  list.set_type(onnx::AttributeProto::INTS);
  for (int i = 0; i < count; ++i)
    list.add_ints(0);
}

static void addScans(onnx::NodeProto &node, int64_t count) {
  onnx::AttributeProto &number = *node.add_attribute();
  number.set_name("num_scan_inputs");
  number.set_type(onnx::AttributeProto::INT);
  number.set_i(count);
}

bool isBatchedScan(const onnx::NodeProto &proto, int64_t opset) {
  return opset < 9 && llvm::none_of(
                          proto.attribute(),
                          [](const auto &entry) {
                            return entry.name() == "scan_input_axes";
                          });
}

/// The Scan over one sequence. It says its axes, which is how it is told from
/// one of opset 8.
static void writeSequence(const onnx::NodeProto &proto, int scans,
                          onnx::NodeProto &inner) {
  inner.set_name(proto.name());
  inner.set_op_type("Scan");
  for (const onnx::AttributeProto &attribute : proto.attribute()) {
    onnx::AttributeProto &copy = *inner.add_attribute();
    copy = attribute;
    if (attribute.name() == "directions")
      copy.set_name("scan_input_directions");
  }
  addInts(inner, "scan_input_axes", scans);
}

/// The Scan over the batch. Its names have spaces, so that they hide none that
/// the body reads of what is around it.
static onnx::NodeProto writeBatch(const onnx::NodeProto &proto, int scans) {
  onnx::NodeProto outer;
  outer.set_name(proto.name());
  outer.set_op_type("Scan");
  *outer.mutable_output() = proto.output();
  onnx::AttributeProto &body = *outer.add_attribute();
  body.set_name("body");
  body.set_type(onnx::AttributeProto::GRAPH);
  onnx::GraphProto &graph = *body.mutable_g();
  onnx::NodeProto &inner = *graph.add_node();
  writeSequence(proto, scans, inner);
  for (int i = 1; i < proto.input_size(); ++i) {
    std::string name = "operand " + std::to_string(i) + " of one of a batch";
    outer.add_input(proto.input(i));
    inner.add_input(name);
    graph.add_input()->set_name(name);
  }
  for (int i = 0; i < proto.output_size(); ++i) {
    std::string name = "result " + std::to_string(i) + " of one of a batch";
    inner.add_output(name);
    graph.add_output()->set_name(name);
  }
  addScans(outer, proto.input_size() - 1);
  addInts(outer, "scan_input_axes", proto.input_size() - 1);
  return outer;
}

/// An error unless all sequences are as long as the tensors that are scanned.
static Error checkLengths(const onnx::NodeProto &proto,
                          const ImportedValue *lengths,
                          const ImportedValue &scanned) {
  if (!lengths)
    return Error::success();
  if (!lengths->constant || scanned.shape.size() < 2 ||
      llvm::any_of(lengths->constant->ints(),
                   [&](int64_t n) { return n != scanned.shape[1]; }))
    return nodeError(proto, "sequences of different lengths are not supported");
  return Error::success();
}

Error Walk::importBatchedScan(const onnx::NodeProto &proto,
                              const Opsets &opsets, Inputs &inputs,
                              const BitVector &live, Outputs &outputs,
                              const Scope &scope) {
  int64_t scans = 0;
  for (const onnx::AttributeProto &attribute : proto.attribute())
    if (attribute.name() == "num_scan_inputs")
      scans = attribute.i();
  Inputs operands(
      ArrayRef(inputs).drop_front(std::min<size_t>(inputs.size(), 1)));
  if (scans < 1 || scans > static_cast<int64_t>(operands.size()) ||
      llvm::is_contained(operands, nullptr))
    return nodeError(proto, "needs its inputs, at least one of them scanned");
  if (Error error = checkLengths(proto, inputs[0], *operands.back()))
    return error;
  onnx::NodeProto outer = writeBatch(proto, static_cast<int>(scans));
  return importScan(outer, opsets, operands, live, outputs, scope);
}

} // namespace convopt
