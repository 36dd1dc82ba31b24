#include "ModelText.h"
#include "onnx/defs/parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

namespace convopt::test {

onnx::ModelProto parseModel(const std::string &text) {
  onnx::ModelProto model;
  auto status = onnx::OnnxParser::Parse(model, text.c_str());
  EXPECT_TRUE(status.IsOK()) << status.ErrorMessage();
  return model;
}

ModelFolder::ModelFolder() {
  llvm::SmallString<128> folder;
  EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("convopt-import", folder));
  root = folder.str().str();
}

ModelFolder::~ModelFolder() { llvm::sys::fs::remove_directories(root); }

std::string ModelFolder::write(const std::string &name,
                               const std::string &bytes) const {
  std::error_code code;
  llvm::raw_fd_ostream(path(name), code) << bytes;
  EXPECT_FALSE(code) << code.message();
  return path(name);
}

std::string importFileError(const std::string &path,
                            const ImportOptions &options) {
  mlir::MLIRContext context;
  auto module = importOnnx(path, context, options);
  if (module)
    return "";
  std::string message = toString(module.takeError());
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  EXPECT_EQ(message.rfind(path + ": ", 0), 0u) << message;
  return message.substr(path.size() + 2);
}

std::string importError(const onnx::ModelProto &model,
                        const ImportOptions &options) {
  ModelFolder folder;
  return importFileError(folder.write("m.onnx", model.SerializeAsString()),
                         options);
}

std::string importText(const onnx::ModelProto &model) {
  ModelFolder folder;
  mlir::MLIRContext context;
  auto module = importOnnx(folder.write("m.onnx", model.SerializeAsString()),
                           context, {});
  if (!module) {
    ADD_FAILURE() << toString(module.takeError());
    return "";
  }
  std::string text;
  llvm::raw_string_ostream stream(text);
  (*module)->print(stream);
  return text;
}

} // namespace convopt::test
