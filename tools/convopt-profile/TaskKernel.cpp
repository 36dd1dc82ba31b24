// A sample's kernel is written as text, in the form that convopt-kernels gives
// to a convolution of a network: loops over the result in the order of its
// dimensions, then over channels and taps; groups as a dimension of their own,
// unless each is one channel. So the compiler makes the same code of it.

#include "TaskKernel.h"
#include "convopt/Primitives/Annotation.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/xxhash.h"

using namespace convopt;
using llvm::formatv;
using llvm::join;

using Names = std::vector<std::string>;

std::string convopt::kernelSymbol(const Task &task) {
  return task.primitive() + "_" +
         llvm::utohexstr(llvm::xxh3_64bits(task.key()), /*LowerCase=*/true);
}

static std::string tensor(const Names &extents,
                          llvm::StringRef element = "f32") {
  return ("tensor<" + join(extents, "x") + "x" + element + ">").str();
}

/// Batch, channels (one dimension or several), rows and columns in the order of
/// `layout`.
static Names arranged(Layout layout, const std::string &batch,
                      const Names &channels, const std::string &rows,
                      const std::string &columns) {
  Names all{batch};
  if (layout == Layout::NCHW)
    all.insert(all.end(), channels.begin(), channels.end());
  all.push_back(rows);
  all.push_back(columns);
  if (layout == Layout::NHWC)
    all.insert(all.end(), channels.begin(), channels.end());
  return all;
}

static Names numbers(llvm::ArrayRef<int64_t> values) {
  Names names;
  for (int64_t value : values)
    names.push_back(std::to_string(value));
  return names;
}

static Names arranged(Layout layout, int64_t batch,
                      llvm::ArrayRef<int64_t> channels, int64_t rows,
                      int64_t columns) {
  return arranged(layout, std::to_string(batch), numbers(channels),
                  std::to_string(rows), std::to_string(columns));
}

static std::string map(const Names &loops, const Names &results) {
  return formatv("affine_map<({0}) -> ({1})>", join(loops, ", "),
                 join(results, ", "));
}

static std::string iterators(size_t parallel, size_t reductions) {
  Names all(parallel, "\"parallel\"");
  all.resize(parallel + reductions, "\"reduction\"");
  return join(all, ", ");
}

namespace {
/// How a convolution stands in the IR: what its channels are called and how
/// many there are.
struct Channels {
  Names input, filter, output; ///< loops
  std::vector<int64_t> inputExtents, filterExtents, outputExtents;
  Names reductions;
};
} // namespace

static Channels channelsOf(const ConvLayer &l) {
  if (l.isDepthwise() && l.outChannels == 1)
    return {{"k"},      {"k"},      {"k"},     {l.groups},
            {l.groups}, {l.groups}, {"r", "s"}};
  if (l.groups == 1)
    return {{"c"},
            {"k", "c"},
            {"k"},
            {l.inChannels},
            {l.outChannels, l.inChannels},
            {l.outChannels},
            {"c", "r", "s"}};
  return {{"g", "c"},
          {"g", "k", "c"},
          {"g", "k"},
          {l.groups, l.inChannels},
          {l.groups, l.outChannels, l.inChannels},
          {l.groups, l.outChannels},
          {"c", "r", "s"}};
}

/// The image with its padding, if there is any, as %p.
static std::string padText(const ConvProblem &l, Layout layout,
                           const Names &input, const Names &padded) {
  if (!l.isPadded())
    return "";
  size_t rank = input.size();
  size_t rows = layout == Layout::NCHW ? rank - 2 : 1;
  std::vector<int64_t> low(rank), high(rank);
  low[rows] = l.padTop;
  high[rows] = l.padBottom;
  low[rows + 1] = l.padLeft;
  high[rows + 1] = l.padRight;
  const llvm::StringRef element = isQuantised(l.types) ? "i8" : "f32";
  Names arguments;
  for (size_t i = 0; i < rank; ++i)
    arguments.push_back(formatv("%i{0}: index", i));
  return formatv(R"(  %p = tensor.pad %x low[{0}] high[{1}] {{
  ^bb0({2}):
    tensor.yield %z : {5}
  } : {3} to {4}
)",
                 join(numbers(low), ", "), join(numbers(high), ", "),
                 join(arguments, ", "), tensor(input, element),
                 tensor(padded, element), element);
}

/// A convolution of floats with bias and activation. {17} is the map of the
/// bias, which bytes need.
static constexpr const char *floatKernel =
    R"(convopt.kernel @{0}(%x: {1}, %w: {2}, %b: {3}) -> {4} {{
  %z = arith.constant 0.0 : f32
{5}  %e = tensor.empty() : {4}
  %i = linalg.broadcast ins(%b : {3}) outs(%e : {4}) dimensions = [{6}]
  %f = convopt.filter %w : {2} to {7}
  %c = linalg.generic {{indexing_maps = [{8}, {9}, {10}], iterator_types = [{11}]}
      ins({12}, %f : {13}, {7}) outs(%i : {4}) attrs = {{convopt.primitive = {14}} {{
  ^bb0(%a: f32, %q: f32, %o: f32):
    %t = arith.mulf %a, %q : f32
    %u = arith.addf %o, %t : f32
    linalg.yield %u : f32
  } -> {4}
  %d = tensor.empty() : {4}
  %r = linalg.generic {{indexing_maps = [{15}, {15}], iterator_types = [{16}]}
      ins(%c : {4}) outs(%d : {4}) {{
  ^bb0(%a: f32, %o: f32):
    %u = arith.maximumf %a, %z : f32
    linalg.yield %u : f32
  } -> {4}
  convopt.yield %r : {4}
}
)";

/// The same of bytes: sums in i32 ({18}), which a factor and a bias for each
/// channel bring back to bytes, with the sign of {19}.
static constexpr const char *byteKernel =
    R"(convopt.kernel @{0}(%x: {1}, %w: {2}, %b: {3}, %s: {3}) -> {4} {{
  %z = arith.constant 0 : i8
  %n = arith.constant 0 : i32
  %l = arith.constant {20} : f32
  %m = arith.constant {21} : f32
{5}  %e = tensor.empty() : {18}
  %i = linalg.fill ins(%n : i32) outs(%e : {18}) -> {18}
  %f = convopt.filter %w : {2} to {7}
  %c = linalg.generic {{indexing_maps = [{8}, {9}, {10}], iterator_types = [{11}]}
      ins({12}, %f : {13}, {7}) outs(%i : {18}) attrs = {{convopt.primitive = {14}} {{
  ^bb0(%a: i8, %q: i8, %o: i32):
    %j = arith.{19} %a : i8 to i32
    %k = arith.extsi %q : i8 to i32
    %t = arith.muli %j, %k : i32
    %u = arith.addi %o, %t : i32
    linalg.yield %u : i32
  } -> {18}
  %d = tensor.empty() : {4}
  %r = linalg.generic {{indexing_maps = [{15}, {17}, {17}, {15}], iterator_types = [{16}]}
      ins(%c, %s, %b : {18}, {3}, {3}) outs(%d : {4}) {{
  ^bb0(%a: i32, %h: f32, %g: f32, %o: i8):
    %t = arith.sitofp %a : i32 to f32
    %u = arith.mulf %t, %h : f32
    %v = arith.addf %u, %g : f32
    %w0 = arith.maxnumf %v, %l : f32
    %w1 = arith.minnumf %w0, %m : f32
    %w2 = math.roundeven %w1 : f32
    %w3 = arith.fptosi %w2 : f32 to i32
    %w4 = arith.trunci %w3 : i32 to i8
    linalg.yield %w4 : i8
  } -> {4}
  convopt.yield %r : {4}
}
)";

static std::string text(const LayerChoice &task, const std::string &symbol,
                        const MachineDescription &machine,
                        mlir::MLIRContext &context) {
  const auto &[l, choice] = task;
  Channels channels = channelsOf(l);
  Names input = arranged(choice.input, l.batch, channels.inputExtents,
                         l.inHeight, l.inWidth);
  Names padded = arranged(choice.input, l.batch, channels.inputExtents,
                          l.inHeight + l.padTop + l.padBottom,
                          l.inWidth + l.padLeft + l.padRight);
  Names output = arranged(choice.output, l.batch, channels.outputExtents,
                          l.outHeight, l.outWidth);
  Names filter = numbers(channels.filterExtents);
  filter.push_back(std::to_string(l.kernelHeight));
  filter.push_back(std::to_string(l.kernelWidth));
  const PackedFilter packed =
      choice.primitive->packedFilter(l, choice, machine);

  Names results = arranged(choice.output, "n", channels.output, "y", "x");
  Names loops = results;
  loops.insert(loops.end(), channels.reductions.begin(),
               channels.reductions.end());
  Names taps = channels.filter;
  taps.insert(taps.end(), {"r", "s"});
  std::string image = map(
      loops,
      arranged(choice.input, "n", channels.input,
               formatv("y * {0} + r * {1}", l.strideHeight, l.dilationHeight),
               formatv("x * {0} + s * {1}", l.strideWidth, l.dilationWidth)));

  // The dimensions along which the bias is the same.
  std::vector<int64_t> others;
  for (size_t i = 0; i < results.size(); ++i)
    if (!llvm::is_contained(channels.output, results[i]))
      others.push_back(i);
  std::string annotation;
  llvm::raw_string_ostream(annotation)
      << mlir::Attribute(annotate(&context, choice, 0));

  const bool isBytes = isQuantised(l.types);
  const llvm::StringRef element = isBytes ? "i8" : "f32";
  std::string in = tensor(input, element), out = tensor(output, element),
              weights = tensor({std::to_string(packed.size())},
                               toString(packed.type())),
              bias = tensor(numbers(channels.outputExtents));
  std::string body = padText(l, choice.input, input, padded);
  const char *source = body.empty() ? "%x" : "%p";
  Names channelResults;
  for (size_t i = 0; i < results.size(); ++i)
    if (llvm::is_contained(channels.output, results[i]))
      channelResults.push_back(results[i]);
  const bool isUnsigned = l.types.input == ElementType::U8;
  return formatv(isBytes ? byteKernel : floatKernel, symbol, in, weights, bias,
                 out, body, join(numbers(others), ", "),
                 tensor(filter, element), image, map(loops, taps),
                 map(loops, results),
                 iterators(results.size(), channels.reductions.size()), source,
                 tensor(padded, element), annotation, map(results, results),
                 iterators(results.size(), 0), map(results, channelResults),
                 tensor(output, "i32"), isUnsigned ? "extui" : "extsi",
                 isUnsigned ? "0.0" : "-128.0", isUnsigned ? "255.0" : "127.0");
}

static std::string text(const ImageTransformation &image,
                        const std::string &symbol) {
  auto type = [&](Layout layout) {
    return tensor(arranged(layout, image.batch, {image.channels}, image.height,
                           image.width));
  };
  return formatv(R"(convopt.kernel @{0}(%x: {1}) -> {2} {{
  %e = tensor.empty() : {2}
  %r = linalg.transpose ins(%x : {1}) outs(%e : {2}) permutation = [{3}]
  convopt.yield %r : {2}
}
)",
                 symbol, type(image.from), type(image.to),
                 image.to == Layout::NHWC ? "0, 2, 3, 1" : "0, 3, 1, 2");
}

std::string convopt::kernelText(const Task &task,
                                const MachineDescription &machine,
                                mlir::MLIRContext &context) {
  std::string symbol = kernelSymbol(task);
  if (const auto *image = std::get_if<ImageTransformation>(&task.what))
    return text(*image, symbol);
  return text(std::get<LayerChoice>(task.what), symbol, machine, context);
}

std::vector<int64_t> convopt::bufferBytes(KernelOp kernel) {
  std::vector<int64_t> bytes;
  auto add = [&](llvm::ArrayRef<mlir::Type> types) {
    for (mlir::Type type : types) {
      auto shaped = mlir::cast<mlir::ShapedType>(type);
      bytes.push_back(shaped.getNumElements() *
                      (shaped.getElementTypeBitWidth() / 8));
    }
  };
  add(kernel.getArgumentTypes());
  add(kernel.getResultTypes());
  return bytes;
}
