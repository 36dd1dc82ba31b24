// Whatever stands in a file, importing it ends, with a module or a message.
#include "ModelText.h"
#include "gtest/gtest.h"

using namespace convopt::test;

static bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

/// A graph from float[1,2,8,8] x to a float tensor y of rank four.
static onnx::ModelProto graph(const std::string &nodes,
                              const std::string &initializers = "float f = {0}",
                              const std::string &opset = "17") {
  return parseModel("<ir_version: 8, opset_import: [\"\" : " + opset +
                    "]> g (float[1,2,8,8] x) => (float[a,b,c,d] y) <" +
                    initializers + "> { " + nodes + " }");
}

static std::string errorOf(const std::string &nodes,
                           const std::string &initializers = "float f = {0}") {
  return importError(graph(nodes, initializers));
}

/// Whether the message is about the node that gives y.
static bool blamesNode(const std::string &message) {
  return message.rfind("node 'y' (", 0) == 0;
}

TEST(HostileModel, NamesWhatIsUnsupported) {
  EXPECT_EQ(errorOf("y = RandomUniformLike(x)"),
            "node 'y' (RandomUniformLike): the operator is not supported");
  EXPECT_PRED2(contains, errorOf("y = Nonsense(x)"), "node 'y' (Nonsense)");
  EXPECT_PRED2(contains, errorOf("y = com.acme.Add(x)"), "domain 'com.acme'");
  EXPECT_EQ(importError(graph("y = Relu(x)", "float f = {0}", "6")), "");
  EXPECT_PRED2(contains,
               importError(graph("y = Relu(x)", "float f = {0}", "99")),
               "opset 99");
}

TEST(HostileModel, ChecksEveryPrefixOfAFile) {
  ModelFolder folder;
  std::string bytes =
      graph("c = Conv<pads=[1,1,1,1]>(x, w) y = Relu(c)",
            "float[1,2,3,3] w = {1,2,3,4,5,6,7,8,9,1,2,3,4,5,6,7,8,9}")
          .SerializeAsString();
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_NE(importFileError(folder.write("m.onnx", bytes.substr(0, size))),
              "");
  // A byte flipped may mean another model, but must not crash.
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    importFileError(folder.write("m.onnx", damaged));
  }
}

TEST(HostileModel, ChecksConvolutions) {
  auto conv = [&](const std::string &attributes) {
    auto model = graph("y = Conv<" + attributes + ">(x, w)");
    auto *tensor = model.mutable_graph()->add_initializer();
    tensor->set_name("w");
    tensor->set_data_type(onnx::TensorProto::FLOAT);
    for (int64_t dim : {4, 2, 3, 3})
      tensor->add_dims(dim);
    tensor->mutable_raw_data()->assign(4 * 2 * 9 * 4, '\0');
    return importError(model);
  };
  EXPECT_EQ(conv("strides=[1,1]"), "");
  EXPECT_PRED1(blamesNode, conv("strides=[0,1]"));
  EXPECT_PRED1(blamesNode, conv("strides=[-1,1]"));
  EXPECT_PRED1(blamesNode, conv("strides=[1]"));
  EXPECT_PRED1(blamesNode, conv("dilations=[9223372036854775807,1]"));
  EXPECT_PRED1(blamesNode, conv("dilations=[40,1]"));
  EXPECT_PRED1(blamesNode, conv("pads=[-1,0,0,0]"));
  EXPECT_PRED1(blamesNode, conv("pads=[9223372036854775807,0,0,0]"));
  EXPECT_PRED1(blamesNode, conv("group=0"));
  EXPECT_PRED1(blamesNode, conv("group=3"));
  EXPECT_PRED1(blamesNode, conv("group=-1"));
  EXPECT_PRED1(blamesNode, conv("kernel_shape=[5,5]"));
  EXPECT_PRED1(blamesNode, conv("auto_pad=\"SIDEWAYS\""));
}

TEST(HostileModel, ChecksOtherAttributes) {
  EXPECT_PRED1(blamesNode, errorOf("y = MaxPool<kernel_shape=[0,1]>(x)"));
  EXPECT_PRED1(blamesNode, errorOf("y = MaxPool<kernel_shape=[9,9]>(x)"));
  EXPECT_PRED1(blamesNode, errorOf("y = AveragePool<kernel_shape=[2,2,2]>(x)"));
  EXPECT_PRED1(blamesNode, errorOf("y = Transpose<perm=[0,1,2]>(x)"));
  EXPECT_PRED1(blamesNode, errorOf("y = Transpose<perm=[0,1,1,3]>(x)"));
  EXPECT_PRED1(blamesNode, errorOf("y = Softmax<axis=4>(x)"));
  EXPECT_PRED1(blamesNode, errorOf("y = Concat<axis=-5>(x, x)"));
  EXPECT_PRED1(blamesNode, errorOf("y, z = Split<axis=9>(x)"));
  EXPECT_PRED1(blamesNode, errorOf("y = Reshape(x, s)", "int64[1] s = {7}"));
  EXPECT_PRED1(blamesNode,
               errorOf("y = Reshape(x, s)", "int64[2] s = {-1,-1}"));
  EXPECT_PRED1(blamesNode,
               errorOf("y = Pad(x, p)", "int64[8] p = {0,0,0,0,0,0,0,-9}"));
  EXPECT_PRED1(blamesNode,
               errorOf("y = Slice(x, s, e, a, t)",
                       "int64[1] s = {0}, int64[1] e = {1}, int64[1] a = {0}, "
                       "int64[1] t = {0}"));
  EXPECT_PRED1(blamesNode, errorOf("y = Add(x, i)", "int64[1] i = {0}"));
  EXPECT_PRED2(contains, errorOf("y = Relu<axis=1>(x)"), "axis");
}

TEST(HostileModel, ChecksSizesOfTensors) {
  auto model = graph("y = Add(x, f)");
  auto *tensor = model.mutable_graph()->mutable_initializer(0);
  tensor->clear_float_data();
  tensor->set_raw_data(std::string(3, '\0'));
  EXPECT_NE(importError(model), "");
  tensor->set_raw_data(std::string(4, '\0'));
  EXPECT_EQ(importError(model), "");
  for (int64_t dim : {int64_t(-1), int64_t(1) << 40, int64_t(1) << 62}) {
    tensor->clear_dims();
    tensor->add_dims(dim);
    tensor->add_dims(dim);
    EXPECT_NE(importError(model), "");
  }
  EXPECT_NE(errorOf("y = ConstantOfShape(s)",
                    "int64[2] s = {4611686018427387904, 4}"),
            "");
  EXPECT_NE(errorOf("y = Expand(x, s)",
                    "int64[5] s = {4611686018427387904, 1, 2, 8, 8}"),
            "");
}

TEST(HostileModel, EndsOnHugeImages) {
  EXPECT_PRED1(blamesNode, errorOf("y = Resize(x, , , s)",
                                   "int64[4] s = {1, 2, 1073741824, 1}"));
}

TEST(HostileModel, ChecksTheGraph) {
  EXPECT_NE(errorOf("y = Add(x, missing)"), "");
  EXPECT_NE(errorOf("y = Relu(z) z = Relu(y)"), "");
  EXPECT_NE(errorOf("z = Relu(x)"), "");
  EXPECT_NE(errorOf("y = Relu(x) y = Relu(x)"), "");
}

TEST(HostileModel, EndsOnRecursiveFunctions) {
  const char *header = "<ir_version: 8, opset_import: [\"\" : 17, \"f\" : 1]> "
                       "g (float[4] x) => (float[4] y) { y = f.a(x) } ";
  const char *a = "<domain: \"f\", opset_import: [\"f\" : 1]> "
                  "a (v) => (w) { t = f.b(v) w = f.b(t) } ";
  const char *b = "<domain: \"f\", opset_import: [\"f\" : 1]> "
                  "b (v) => (w) { t = f.a(v) w = f.a(t) } ";
  EXPECT_NE(importError(parseModel(std::string(header) + a + b)), "");
}

TEST(HostileModel, EndsOnFunctionsThatMultiply) {
  // Thirty levels that double: a thousand million nodes.
  std::string text = "<ir_version: 8, opset_import: [\"\" : 17, \"f\" : 1]> "
                     "g (float[4] x) => (float[4] y) { y = f.l0(x) } ";
  for (int level = 0; level < 30; ++level) {
    std::string next = level == 29 ? "Relu" : "f.l" + std::to_string(level + 1);
    text += "<domain: \"f\", opset_import: [\"\" : 17, \"f\" : 1]> l" +
            std::to_string(level) + " (v) => (w) { t = " + next +
            "(v) w = " + next + "(t) } ";
  }
  EXPECT_PRED2(contains, importError(parseModel(text)), "too many nodes");
}

TEST(HostileModel, NeedsKnownShapes) {
  auto model =
      parseModel("<ir_version: 8, opset_import: [\"\" : 17]> g "
                 "(float[N,3,H] x) => (float[N,3,H] y) { y = Relu(x) }");
  EXPECT_PRED2(contains, importError(model), "--shape=x:");
  convopt::ImportOptions options;
  options.shapes["x"] = {2, 3, 5};
  EXPECT_EQ(importError(model, options), "");
  options.shapes["x"] = {2, 3};
  EXPECT_PRED2(contains, importError(model, options), "rank");
  options.shapes["x"] = {2, 3, 0};
  EXPECT_NE(importError(model, options), "");
  options.shapes.clear();
  options.shapes["z"] = {1};
  EXPECT_PRED2(contains, importError(model, options), "no input 'z'");
}

TEST(HostileModel, ChecksDeclaredOutputs) {
  auto model = [](const std::string &type) {
    return importError(
        parseModel("<ir_version: 8, opset_import: [\"\" : 17]> g "
                   "(float[N,3] x) => (" +
                   type + " y) { y = Relu(x) }"));
  };
  EXPECT_EQ(model("float[M,3]"), "");
  // Files of shapes from before somebody changed an input are common.
  EXPECT_EQ(model("float[M,4]"), "");
  EXPECT_PRED2(contains, model("double[M,3]"), "output 'y'");
}

TEST(HostileModel, SaysNamesInOneLineOfText) {
  auto model = graph("y = RandomUniformLike(x)");
  model.mutable_graph()->mutable_node(0)->set_name("a\nb\tc\xff");
  EXPECT_EQ(importError(model),
            "node 'a b?c?' (RandomUniformLike): the operator is not supported");
}
