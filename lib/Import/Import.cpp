#include "convopt/Import/Import.h"
#include "Expand/Blocked.h"
#include "GraphInputs.h"
#include "MissingWeights.h"
#include "ModelFile.h"
#include "Prepare.h"
#include "Support.h"
#include "Walk.h"
#include "convopt/IR/ConvoptDialect.h"
#include "convopt/IR/LocatedError.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;

namespace convopt {

static DictionaryAttr describe(OpBuilder &builder, StringRef name,
                               ElementKind kind) {
  return builder.getDictionaryAttr(
      {builder.getNamedAttr("convopt.name", builder.getStringAttr(name)),
       builder.getNamedAttr("convopt.type",
                            builder.getStringAttr(toString(kind)))});
}

/// The true shape of a tensor: i64, one element a dimension.
static Value createTrueShape(OpBuilder &builder, Location loc,
                             const ImportedValue &value) {
  SmallVector<Value> elements;
  for (auto [extent, size] : llvm::zip_equal(value.shape, value.sizes)) {
    if (size)
      elements.push_back(
          builder.create<tensor::ExtractOp>(loc, size, ValueRange()));
    else
      elements.push_back(builder.create<arith::ConstantOp>(
          loc, builder.getI64IntegerAttr(extent)));
  }
  return builder.create<tensor::FromElementsOp>(loc, elements);
}

/// Ends `main`, whose results are the outputs of the graph.
static Error finish(func::FuncOp function, const onnx::GraphProto &graph,
                    const ImportOptions &options, Walk &walk,
                    Walk::Scope &scope) {
  OpBuilder builder = OpBuilder::atBlockEnd(&function.front());
  SmallVector<Value> results;
  SmallVector<Type> types;
  for (const onnx::ValueInfoProto &output : graph.output()) {
    auto it = scope.find(output.name());
    if (it == scope.end())
      return createStringError("output '" + output.name() +
                               "' is not computed by any node");
    if (isHalfByte(it->second.kind))
      return createStringError(
          "output '" + output.name() +
          "' has an element type that is not supported: " +
          onnx::TensorProto::DataType_Name(elementKindToOnnx(it->second.kind)));
    bool isReshaped = !options.shapes.empty() || walk.hasOwnShapes();
    if (Error error =
            checkDeclaredType(output, it->second, isReshaped, options))
      return error;
    results.push_back(walk.getValue(it->second));
    types.push_back(results.back().getType());
  }
  // True sizes are results of their own, behind those that they are of.
  SmallVector<int64_t> sized;
  for (auto [i, output] : llvm::enumerate(graph.output()))
    if (const ImportedValue &value = scope[output.name()]; value.isSized()) {
      sized.push_back(static_cast<int64_t>(i));
      results.push_back(createTrueShape(builder, function.getLoc(), value));
      types.push_back(results.back().getType());
    }
  builder.create<func::ReturnOp>(function.getLoc(), results);
  function.setFunctionType(
      builder.getFunctionType(function.getArgumentTypes(), types));
  for (auto [i, output] : llvm::enumerate(graph.output()))
    function.setResultAttrs(
        i, describe(builder, output.name(), scope[output.name()].kind));
  for (auto [i, output] : llvm::enumerate(sized))
    function.setResultAttr(graph.output_size() + i, "convopt.shape_of",
                           builder.getI64IntegerAttr(output));
  return Error::success();
}

static Error build(ModuleOp module, onnx::ModelProto &model,
                   const std::optional<std::string> &folder,
                   ImportOptions options) {
  onnx::GraphProto &graph = *model.mutable_graph();
  auto channels = findChannelBlock(graph, options);
  if (!channels)
    return channels.takeError();
  options.channelBlock = *channels;
  ExternalFiles files(folder);
  Walk::Scope scope;
  if (Error error = readInitializers(graph, files, scope))
    return error;
  auto inputs = readGraphInputs(graph, options);
  if (!inputs)
    return inputs.takeError();

  OpBuilder builder(module.getBodyRegion());
  auto function = builder.create<func::FuncOp>(module.getLoc(), "main",
                                               builder.getFunctionType({}, {}));
  Block &block = *function.addEntryBlock();
  SmallVector<Type> types;
  for (GraphInput &input : *inputs) {
    types.push_back(RankedTensorType::get(
        input.value.shape, toMlirType(input.value.kind, module.getContext())));
    input.value.value = block.addArgument(types.back(), module.getLoc());
    scope[input.name] = input.value;
  }
  function.setFunctionType(builder.getFunctionType(types, {}));
  for (auto [i, input] : llvm::enumerate(*inputs))
    function.setArgAttrs(i, describe(builder, input.name, input.value.kind));

  SmallVector<std::string> results;
  for (const onnx::ValueInfoProto &output : graph.output())
    results.push_back(output.name());
  FunctionTable functions = collectFunctions(model);
  Walk walk(functions, block, files, options);
  if (Error error = walk.run(graph.node(), results,
                             readOpsets(model.opset_import()), scope))
    return error;
  return finish(function, graph, options, walk, scope);
}

/// mlir::verify, its diagnostics in the error instead of on the terminal.
static Error verifyModule(ModuleOp module) {
  std::string problem;
  ScopedDiagnosticHandler handler(module.getContext(), [&](Diagnostic &diag) {
    if (problem.empty())
      problem = diag.str();
    return success();
  });
  if (failed(verify(module)))
    return createStringError("gives a module that is not valid: " +
                             oneLine(problem));
  return Error::success();
}

Expected<OwningOpRef<ModuleOp>> importOnnx(StringRef path, MLIRContext &context,
                                           const ImportOptions &options) {
  context.loadDialect<arith::ArithDialect, func::FuncDialect,
                      linalg::LinalgDialect, math::MathDialect,
                      memref::MemRefDialect, scf::SCFDialect,
                      tensor::TensorDialect, ConvoptDialect>();
  auto failed = [&](Error error) {
    return locatedError(path, oneLine(toString(std::move(error))));
  };
  auto model = options.memory ? readModelBytes(options.memory->bytes)
                              : readModelFile(path);
  if (!model)
    return failed(model.takeError());
  if (Error error = prepareModel(**model))
    return failed(std::move(error));
  if (Error error = checkOperators(**model))
    return failed(std::move(error));
  std::optional<std::string> folder =
      options.memory ? options.memory->folder
                     : llvm::sys::path::parent_path(path).str();
  if (Error error = checkWeights(**model, folder))
    return failed(std::move(error));
  if (Error error = checkModel(**model, folder.value_or("")))
    return failed(std::move(error));
  OwningOpRef<ModuleOp> module =
      ModuleOp::create(FileLineColLoc::get(&context, path, 0, 0));
  if (Error error = build(*module, **model, folder, options))
    return failed(std::move(error));
  if (Error error = verifyModule(*module))
    return failed(std::move(error));
  return module;
}

} // namespace convopt
