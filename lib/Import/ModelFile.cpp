#include "ModelFile.h"
#include "onnx/checker.h"
#include "onnx/defs/schema.h"
#include "onnx/onnx_pb.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/FileSystem.h"
#include <google/protobuf/io/zero_copy_stream_impl.h>

using namespace llvm;

namespace convopt {

/// The newest opset of a domain of ONNX whose operators our ONNX defines. What
/// a later one changes cannot be known.
static int64_t newestOpset(const std::string &domain) {
  return onnx::OpSchemaRegistry::DomainToVersionRange::Instance()
      .Map()
      .at(domain)
      .second;
}

std::string oneLine(StringRef text) {
  SmallVector<StringRef> lines;
  SplitString(text, lines, "\r\n");
  std::string line = join(lines, " ");
  const auto *begin = reinterpret_cast<const UTF8 *>(line.data());
  bool isText = isLegalUTF8String(&begin, begin + line.size());
  for (char &c : line)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f ||
        (!isText && (c & 0x80)))
      c = '?';
  constexpr size_t limit = 1000;
  return line.size() > limit ? line.substr(0, limit) + "..." : line;
}

namespace proto = google::protobuf;

/// Reads what `stream` has, `bytes` of it.
static Expected<std::unique_ptr<onnx::ModelProto>>
parse(proto::io::ZeroCopyInputStream &stream, uint64_t bytes) {
  constexpr int most = std::numeric_limits<int>::max();
  if (bytes > static_cast<uint64_t>(most))
    return createStringError("is larger than 2 GiB, the limit of protobuf; "
                             "keep the weights in an external data file");
  // Protobuf reports on stderr what we report ourselves.
  proto::LogSilencer silence;
  auto model = std::make_unique<onnx::ModelProto>();
  proto::io::CodedInputStream coded(&stream);
  coded.SetTotalBytesLimit(most);
  if (!model->ParseFromCodedStream(&coded))
    return createStringError("is not an ONNX model, or is truncated");
  if (!model->has_graph() || !model->has_ir_version())
    return createStringError("is not an ONNX model: it has no graph");
  return model;
}

static Error checkOpsets(const onnx::ModelProto &model) {
  bool found = false;
  for (const auto &import : model.opset_import()) {
    const bool isLearning = import.domain() == "ai.onnx.ml";
    if (!import.domain().empty() && import.domain() != "ai.onnx" && !isLearning)
      continue;
    found = true;
    const int64_t newest = newestOpset(isLearning ? import.domain() : "");
    std::string name = "opset " + std::to_string(import.version()) +
                       (isLearning ? " of " + import.domain() : "");
    if (import.version() > newest)
      return createStringError(
          "uses " + name +
          ", whose operators are not known yet; supported are 1 to " +
          Twine(newest) +
          (isLearning ? ""
                      : " (onnx.version_converter makes an older one of it)"));
    if (import.version() < 1)
      return createStringError("uses " + name + "; supported are 1 to " +
                               Twine(newest));
  }
  // A model can consist of calls of its own functions alone, and the first
  // files had one opset.
  if (!found && model.ir_version() < 3 && model.opset_import_size() == 0)
    return Error::success();
  if (!found && model.functions().empty())
    return createStringError("does not say which ONNX opset it uses");
  return Error::success();
}

/// onnx::checker::check_model, but told where external data lie.
static void runChecker(const onnx::ModelProto &model, StringRef folder) {
  onnx::checker::CheckerContext context;
  context.set_ir_version(static_cast<int>(model.ir_version()));
  context.set_model_dir(folder.empty() ? "." : folder.str());
  std::unordered_map<std::string, int> opsets;
  for (const auto &import : model.opset_import())
    opsets[import.domain() == "ai.onnx" ? "" : import.domain()] =
        static_cast<int>(import.version());
  context.set_opset_imports(opsets);
  onnx::checker::LexicalScopeContext scope;
  onnx::checker::check_graph(model.graph(), context, scope);
  if (model.functions_size())
    onnx::checker::check_model_local_functions(model, context, scope);
}

static Expected<std::unique_ptr<onnx::ModelProto>>
checked(Expected<std::unique_ptr<onnx::ModelProto>> model) {
  if (!model)
    return model;
  if (Error error = checkOpsets(**model))
    return std::move(error);
  return model;
}

/// Piece by piece: weights are in memory once when all is read, not beside the
/// file's pages.
Expected<std::unique_ptr<onnx::ModelProto>> readModelFile(StringRef path) {
  if (sys::fs::is_directory(path))
    return createStringError("is a folder, not a model");
  Expected<sys::fs::file_t> file = sys::fs::openNativeFileForRead(path);
  if (!file)
    return createStringError(errorToErrorCode(file.takeError()).message());
  proto::io::FileInputStream stream(*file);
  stream.SetCloseOnDelete(true);
  sys::fs::file_status status;
  if (std::error_code code = sys::fs::status(*file, status))
    return createStringError(code.message());
  auto model = parse(stream, status.getSize());
  if (!model && stream.GetErrno()) {
    consumeError(model.takeError());
    return createStringError(
        std::error_code(stream.GetErrno(), std::generic_category()).message());
  }
  return checked(std::move(model));
}

Expected<std::unique_ptr<onnx::ModelProto>> readModelBytes(StringRef data) {
  // An array of negative size is none.
  constexpr size_t most = std::numeric_limits<int>::max();
  proto::io::ArrayInputStream stream(
      data.data(), static_cast<int>(std::min(data.size(), most)));
  return checked(parse(stream, data.size()));
}

namespace {
/// The checker insists on the types of inputs and outputs, shapes included.
/// Those of inputs can be given by --shape, those of outputs are computed, so
/// it is shown some, as long as this lives.
class ShapesForChecker {
public:
  explicit ShapesForChecker(onnx::GraphProto &graph) {
    for (auto *values : {graph.mutable_input(), graph.mutable_output()})
      for (onnx::ValueInfoProto &value : *values)
        if (!value.has_type() || value.type().has_tensor_type()) {
          auto &tensor = *value.mutable_type()->mutable_tensor_type();
          before.emplace_back(&tensor, tensor);
          tensor.mutable_shape();
          if (!tensor.elem_type())
            tensor.set_elem_type(onnx::TensorProto::FLOAT);
        }
  }
  ~ShapesForChecker() {
    for (auto &[tensor, original] : before)
      *tensor = original;
  }

private:
  std::vector<std::pair<onnx::TypeProto::Tensor *, onnx::TypeProto::Tensor>>
      before;
};
} // namespace

Error checkModel(onnx::ModelProto &model, StringRef folder) {
  ShapesForChecker shapes(*model.mutable_graph());
  std::string problem;
  try {
    runChecker(model, folder);
  } catch (const std::exception &exception) {
    problem = oneLine(exception.what());
  }
  if (!problem.empty())
    return createStringError("is not a valid model: " + problem);
  return Error::success();
}

} // namespace convopt
