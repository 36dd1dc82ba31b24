// A header may have become older than the object beside it, and a program that
// is compiled with it then gives tensors of the wrong size, or too little
// memory. So each header compares what it says with what the object says of
// itself, and its wrappers refuse where that differs.

#include "HeaderParts.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace convopt {

static void printDims(raw_ostream &os, ArrayRef<ModelInterface> sizes) {
  std::vector<int64_t> dims;
  for (const ModelInterface &size : sizes)
    for (const auto *tensors : {&size.inputs, &size.outputs})
      for (const TensorInfo &tensor : *tensors)
        append_range(dims, tensor.dims);
  os << "  static const int64_t dims[] = {";
  interleaveComma(dims, os);
  os << (dims.empty() ? "0" : "") << "};\n";
}

/// " && ..." for each tensor: whether the object's, in tables in `where`, are
/// those of `size`, whose dimensions stand one after another from `dims` on.
/// And how many those are.
static std::pair<std::string, size_t>
tensorChecks(const ModelInterface &size, StringRef where, StringRef dims) {
  std::string checks;
  raw_string_ostream os(checks);
  size_t count = 0;
  auto check = [&](ArrayRef<TensorInfo> tensors, StringRef table) {
    for (auto [i, tensor] : enumerate(tensors)) {
      os << " &&\n         convopt_is_tensor(&" << where << "." << table << "["
         << i << "], \"" << tensor.type << "\", " << tensor.dims.size() << ", "
         << dims << " + " << count << ")";
      count += tensor.dims.size();
    }
  };
  check(size.inputs, "inputs");
  check(size.outputs, "outputs");
  return {checks, count};
}

void printMatches(raw_ostream &os, ArrayRef<ModelInterface> sizes,
                  const ModelFacts &facts) {
  const std::string model = facts.name + "_model";
  const ModelInterface &first = sizes.front();
  const bool several = sizes.size() > 1;
  const auto [checks, count] = several ? tensorChecks(first, "size", "next")
                                       : tensorChecks(first, model, "dims");
  os << "/* Whether the object that is linked is the one of this header: "
        "another\n * may take other tensors or more memory. The functions "
        "below "
        "refuse it. */\n"
     << "static inline int " << facts.name << "_matches(void) {\n";
  if (!checks.empty())
    printDims(os, sizes);
  std::string all;
  raw_string_ostream(all) << model
                          << ".workspace_bytes == " << workspaceBytes(facts)
                          << " &&\n         " << model
                          << ".weights_bytes == " << facts.weightsFileBytes
                          << " &&\n         " << model
                          << ".input_count == " << first.inputs.size() << " && "
                          << model
                          << ".output_count == " << first.outputs.size();
  if (!several) {
    os << "  return " << all << checks << ";\n}\n\n";
    return;
  }
  os << "  const int64_t *next = dims;\n  int64_t i;\n"
     << "  int matches = " << all << " &&\n         " << facts.name
     << "_sizes.count == " << sizes.size() << ";\n"
     << "  for (i = 0; matches && i < " << sizes.size()
     << "; ++i, next += " << count << ") {\n"
     << "    const struct convopt_size size = " << facts.name
     << "_sizes.sizes[i];\n"
     << "    matches = 1" << checks << ";\n  }\n  return matches;\n}\n\n";
}

} // namespace convopt
