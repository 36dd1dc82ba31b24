// A graph without its weights is what people often have: exporters write them
// to a second file that was not copied along, and topologies are published
// alone. ONNX's checker refuses such a model as not valid, which sends its user
// after a mistake in the exporter. So it is looked for first; what is wrong in
// another way stays the checker's to say.

#include "MissingWeights.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace convopt {

static Error missing(const Twine &what, const Twine &remedy) {
  return createStringError("the weights of the model are missing: " + what +
                           "; " + remedy);
}

static bool isEmptyTensor(const onnx::TensorProto &tensor) {
  return is_contained(tensor.dims(), 0);
}

static bool hasData(const onnx::TensorProto &tensor) {
  return tensor.has_raw_data() || tensor.float_data_size() ||
         tensor.double_data_size() || tensor.int32_data_size() ||
         tensor.int64_data_size() || tensor.uint64_data_size() ||
         tensor.string_data_size();
}

static StringRef locationOf(const onnx::TensorProto &tensor) {
  for (const auto &entry : tensor.external_data())
    if (entry.key() == "location")
      return entry.value();
  return "";
}

static Error checkData(const onnx::GraphProto &graph,
                       const std::optional<std::string> &folder) {
  int without = 0;
  std::string first;
  for (const onnx::TensorProto &tensor : graph.initializer()) {
    if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
      StringRef location = locationOf(tensor);
      if (!folder)
        return missing("'" + tensor.name() + "' lies in an external data file",
                       "name the folder of the model's data");
      SmallString<256> file(*folder);
      sys::path::append(file, location);
      if (location.empty() || sys::path::is_absolute(location) ||
          location.contains("..") || sys::fs::exists(file))
        continue;
      return missing("external data file '" + location + "', which holds '" +
                         tensor.name() + "', is not there",
                     "put it at '" + file + "', beside the model");
    }
    if (hasData(tensor) || isEmptyTensor(tensor))
      continue;
    if (!without++)
      first = tensor.name();
  }
  if (!without)
    return Error::success();
  return missing(
      Twine(without) + " of its " + Twine(graph.initializer_size()) +
          " initializers have no data ('" + first + "' is the first)",
      "give the file that was exported with them, or fill in random ones: "
      "python -m convopt.testing.weights IN OUT");
}

/// What a node reads beside its first input, which is rather an image than a
/// weight.
static Error checkNames(const onnx::GraphProto &graph) {
  StringSet<> known{""};
  for (const onnx::TensorProto &tensor : graph.initializer())
    known.insert(tensor.name());
  for (const onnx::SparseTensorProto &tensor : graph.sparse_initializer())
    known.insert(tensor.values().name());
  for (const onnx::ValueInfoProto &input : graph.input())
    known.insert(input.name());
  for (const onnx::NodeProto &node : graph.node())
    for (const std::string &output : node.output())
      known.insert(output);
  for (const onnx::NodeProto &node : graph.node())
    for (const std::string &input :
         drop_begin(node.input(), node.input_size() ? 1 : 0))
      if (!known.contains(input))
        return missing("node '" + node.name() + "' (" + node.op_type() +
                           ") reads '" + input +
                           "', which is neither an initializer nor computed",
                       "give the file that was exported with its weights");
  return Error::success();
}

Error checkWeights(const onnx::ModelProto &model,
                   const std::optional<std::string> &folder) {
  if (Error error = checkData(model.graph(), folder))
    return error;
  return checkNames(model.graph());
}

} // namespace convopt
