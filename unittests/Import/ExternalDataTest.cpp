#include "ModelText.h"
#include "llvm/Support/FileSystem.h"
#include "gtest/gtest.h"

using namespace convopt::test;

/// y = x + w, where w lies outside of the model.
static onnx::ModelProto withExternal(const std::string &location,
                                     const std::string &offset = "0",
                                     const std::string &length = "") {
  auto model = parseModel("<ir_version: 8, opset_import: [\"\" : 17]> g "
                          "(float[16] x) => (float[16] y) { y = Add(x, w) }");
  auto *tensor = model.mutable_graph()->add_initializer();
  tensor->set_name("w");
  tensor->set_data_type(onnx::TensorProto::FLOAT);
  tensor->add_dims(16);
  tensor->set_data_location(onnx::TensorProto::EXTERNAL);
  auto add = [&](const char *key, const std::string &value) {
    auto *entry = tensor->add_external_data();
    entry->set_key(key);
    entry->set_value(value);
  };
  add("location", location);
  add("offset", offset);
  if (!length.empty())
    add("length", length);
  return model;
}

static std::string load(const ModelFolder &folder,
                        const onnx::ModelProto &model) {
  return importFileError(folder.write("m.onnx", model.SerializeAsString()));
}

static std::string weights(size_t bytes) {
  std::string data(bytes, '\0');
  for (size_t i = 0; i < bytes; ++i)
    data[i] = static_cast<char>(i * 7);
  return data;
}

TEST(ExternalData, IsRead) {
  ModelFolder folder;
  folder.write("w.bin", weights(68));
  EXPECT_EQ(load(folder, withExternal("w.bin", "4", "64")), "");
  EXPECT_EQ(load(folder, withExternal("w.bin", "0")), "");
}

TEST(ExternalData, OfAModelInMemoryLieWhereItSays) {
  ModelFolder folder;
  folder.write("w.bin", weights(64));
  const std::string bytes = withExternal("w.bin").SerializeAsString();
  convopt::ImportOptions options;
  options.memory = {bytes, folder.path("")};
  EXPECT_EQ(importFileError("name.onnx", options), "");
  options.memory->folder = folder.path("elsewhere");
  EXPECT_NE(importFileError("name.onnx", options).find("is not there"),
            std::string::npos);
  options.memory->folder.reset();
  EXPECT_EQ(importFileError("name.onnx", options),
            "the weights of the model are missing: 'w' lies in an external "
            "data file; name the folder of the model's data");
}

TEST(ExternalData, MustBeWhole) {
  ModelFolder folder;
  folder.write("w.bin", weights(60));
  for (auto &model :
       {withExternal("w.bin"), withExternal("w.bin", "60"),
        withExternal("w.bin", "18446744073709551615"),
        withExternal("w.bin", "0", "60"), withExternal("w.bin", "-1"),
        withExternal("w.bin", "0", "many")})
    EXPECT_NE(load(folder, model), "");
}

TEST(ExternalData, MustLieBesideTheModel) {
  ModelFolder outside, folder;
  std::string path = outside.write("w.bin", weights(64));
  std::string up = "../" + path.substr(path.find("convopt-import"));
  ASSERT_FALSE(llvm::sys::fs::create_link(path, folder.path("link.bin")));
  for (auto &model :
       {withExternal(path), withExternal(up), withExternal("link.bin"),
        withExternal("missing.bin"), withExternal(""), withExternal(".")})
    EXPECT_NE(load(folder, model), "") << model.ShortDebugString();
}
