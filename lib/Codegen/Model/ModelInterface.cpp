// What the IR does not say of a model's tensors. Integers have no sign in it,
// and a name is no part of a type, so both come as attributes of arguments and
// results; the attribute is checked against the type, since a module may be
// written by hand. Without attributes a module of anybody's front end still has
// an interface, of numbered names.

#include "convopt/Codegen/ModelInterface.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace convopt {

/// The interface's name of a type that the IR leaves without sign.
static std::string typeName(Type element) {
  if (element.isInteger(1))
    return "bool";
  if (element.isBF16())
    return "bf16";
  if (element.isF16() || element.isF32() || element.isF64())
    return "f" + std::to_string(element.getIntOrFloatBitWidth());
  for (unsigned bits : {8, 16, 32, 64})
    if (element.isInteger(bits))
      return (element.isUnsignedInteger() ? "u" : "i") + std::to_string(bits);
  return "";
}

/// Whether a value called `name` in the interface is stored as `element`.
static bool isStoredAs(StringRef name, Type element) {
  std::string plain = typeName(element);
  static constexpr StringRef float8[] = {"f8e4m3fn", "f8e4m3fnuz", "f8e5m2",
                                         "f8e5m2fnuz", "f8e8m0"};
  if (plain == "i8" && llvm::is_contained(float8, name))
    return true;
  return !plain.empty() &&
         (name == plain ||
          (name.starts_with("u") && plain[0] == 'i' &&
           name.drop_front() == StringRef(plain).drop_front()));
}

static llvm::Expected<TensorInfo> describe(Type type, DictionaryAttr attributes,
                                           StringRef kind, unsigned index) {
  TensorInfo info;
  auto text = [&](StringRef key) -> std::string {
    auto attr = attributes ? attributes.getAs<StringAttr>(key) : StringAttr();
    return attr ? attr.str() : "";
  };
  info.name = text("convopt.name");
  if (info.name.empty())
    info.name = (kind + Twine(index)).str();
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return llvm::createStringError("%s '%s' is not a tensor of known shape",
                                   kind.str().c_str(), info.name.c_str());
  info.type = text("convopt.type");
  if (info.type.empty())
    info.type = typeName(tensor.getElementType());
  if (!isStoredAs(info.type, tensor.getElementType()))
    return llvm::createStringError(
        "%s '%s' has an element type that a model's interface does not know",
        kind.str().c_str(), info.name.c_str());
  info.dims = tensor.getShape().vec();
  return info;
}

/// The next result is the true shape of an output.
static llvm::Error addShape(ModelInterface &interface, Type type,
                            int64_t output) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (output < 0 || output >= static_cast<int64_t>(interface.outputs.size()) ||
      interface.outputs[output].isOpen || !tensor || tensor.getRank() != 1 ||
      !tensor.getElementType().isInteger(64) ||
      tensor.getDimSize(0) !=
          static_cast<int64_t>(interface.outputs[output].dims.size()))
    return llvm::createStringError(
        "convopt.shape_of = %lld is not on a true shape of an output",
        static_cast<long long>(output));
  interface.outputs[output].isOpen = true;
  interface.shapes.push_back(output);
  return llvm::Error::success();
}

llvm::Expected<ModelInterface> readInterface(func::FuncOp main) {
  ModelInterface interface;
  for (auto [i, type] : llvm::enumerate(main.getArgumentTypes())) {
    auto info = describe(type, main.getArgAttrDict(i), "input", i);
    if (!info)
      return info.takeError();
    interface.inputs.push_back(*info);
  }
  for (auto [i, type] : llvm::enumerate(main.getResultTypes())) {
    if (auto of =
            main.getResultAttrOfType<IntegerAttr>(i, "convopt.shape_of")) {
      if (llvm::Error error = addShape(interface, type, of.getInt()))
        return std::move(error);
      continue;
    }
    if (!interface.shapes.empty())
      return llvm::createStringError("an output comes behind a true shape");
    auto info = describe(type, main.getResultAttrDict(i), "output", i);
    if (!info)
      return info.takeError();
    interface.outputs.push_back(*info);
  }
  return interface;
}

/// Makes dimensions of `common` -1 that differ in `other`; false if the tensors
/// differ in more. What depends on data in one does so in what is common.
static bool makeCommon(std::vector<TensorInfo> &common,
                       ArrayRef<TensorInfo> other) {
  if (common.size() != other.size())
    return false;
  for (auto [tensor, with] : llvm::zip_equal(common, other)) {
    if (tensor.name != with.name || tensor.type != with.type ||
        tensor.dims.size() != with.dims.size())
      return false;
    for (auto [size, withSize] : llvm::zip_equal(tensor.dims, with.dims))
      size = size == withSize ? size : -1;
    tensor.isOpen |= with.isOpen;
  }
  return true;
}

llvm::Expected<ModelInterface> commonInterface(ArrayRef<ModelInterface> sizes) {
  ModelInterface common = sizes.front();
  for (auto [i, size] : llvm::enumerate(sizes))
    for (auto [tensors, with, kind] :
         {std::tuple(&common.inputs, &size.inputs, "inputs"),
          std::tuple(&common.outputs, &size.outputs, "outputs")})
      if (!makeCommon(*tensors, *with))
        return llvm::createStringError(
            "--shape: the %s of sizes 1 and %zu differ in more than their "
            "dimensions; one object cannot hold both",
            kind, i + 1);
  for (const ModelInterface &size : sizes)
    for (int64_t output : size.shapes)
      if (!llvm::is_contained(common.shapes, output))
        common.shapes.push_back(output);
  return common;
}

llvm::Expected<SmallVector<func::FuncOp>> findSizes(ModuleOp module) {
  SmallVector<func::FuncOp> functions, open;
  for (func::FuncOp func : module.getOps<func::FuncOp>())
    if (!func.isExternal())
      functions.push_back(func);
  // Helpers are private; the inliner makes them part of what calls them.
  llvm::copy_if(functions, std::back_inserter(open),
                [](func::FuncOp func) { return func.isPublic(); });
  if (functions.size() > 1 && !open.empty())
    functions = open;
  if (functions.empty())
    return llvm::createStringError("the module has no function");
  for (func::FuncOp function : functions)
    if (!llvm::hasSingleElement(function.getBody()))
      return llvm::createStringError("the function's body is not one block");
  return functions;
}

llvm::Expected<func::FuncOp> findMain(ModuleOp module) {
  llvm::Expected<SmallVector<func::FuncOp>> functions = findSizes(module);
  if (!functions)
    return functions.takeError();
  if (functions->size() > 1)
    return llvm::createStringError(
        "the module has more than one function: %s and %s",
        (*functions)[0].getName().str().c_str(),
        (*functions)[1].getName().str().c_str());
  return functions->front();
}

} // namespace convopt
