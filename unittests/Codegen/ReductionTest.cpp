#include "KernelRunner.h"
#include <limits>

using namespace convopt::test;

namespace {

std::string dims(std::initializer_list<int> shape, const char *type = "f32") {
  std::string text = "tensor<";
  for (int extent : shape)
    text += std::to_string(extent) + "x";
  return text + type + ">";
}

/// Pooling of a 3x3 window by `op` with step 2 over an image padded with
/// `padding` on every side, then a rectifier.
std::string pooling(const std::string &op, const std::string &padding, int n,
                    int c, int h, int w, bool channelsLast,
                    const std::string &type = "f32") {
  auto image = [&](int height, int width) {
    return channelsLast ? dims({n, height, width, c}, type.c_str())
                        : dims({n, c, height, width}, type.c_str());
  };
  std::string in = image(h, w), padded = image(h + 2, w + 2),
              out = image((h + 1) / 2, (w + 1) / 2);
  std::string amounts = channelsLast ? "[0, 1, 1, 0]" : "[0, 0, 1, 1]";
  return "#id = affine_map<(a, b, c, d) -> (a, b, c, d)>\n"
         "convopt.kernel @k(%a: " +
         in + ") -> " + out + " {\n%z = arith.constant " + padding + " : " +
         type + "\n" + "%zero = arith.constant 0.0 : " + type + "\n" +
         "%p = tensor.pad %a low" + amounts + " high" + amounts +
         " {\n^bb0(%i: index, %j: index, %k: index, %l: index):\n"
         "tensor.yield %z : " +
         type + "\n} : " + in + " to " + padded +
         "\n%e = tensor.empty() : " + out +
         "\n%f = linalg.fill ins(%z : " + type + ") outs(%e : " + out +
         ") -> " + out + "\n%w = tensor.empty() : tensor<3x3x" + type + ">\n" +
         "%r = linalg." + op +
         " {strides = dense<2> : vector<2xi64>, "
         "dilations = dense<1> : vector<2xi64>} ins(%p, %w : " +
         padded + ", tensor<3x3x" + type + ">) outs(%f : " + out + ") -> " +
         out +
         "\n%s = linalg.generic {indexing_maps = [#id, #id], iterator_types = "
         "[\"parallel\", \"parallel\", \"parallel\", \"parallel\"]} ins(%r : " +
         out + ") outs(%e : " + out + ") {\n^bb0(%x: " + type +
         ", %o: " + type + "):\n%m = arith.maximumf %x, %zero : " + type +
         "\nlinalg.yield %m : " + type + "\n} -> " + out +
         "\nconvopt.yield %s : " + out + "\n}";
}

/// The sums of each channel of an image, or of each pixel.
std::string sums(int height, int width, int channels, bool ofChannels) {
  std::string in = dims({height, width, channels});
  std::string out = ofChannels ? dims({channels}) : dims({height, width});
  return std::string("#in = affine_map<(y, x, c) -> (y, x, c)>\n") +
         "#out = affine_map<(y, x, c) -> " + (ofChannels ? "(c)" : "(y, x)") +
         ">\nconvopt.kernel @k(%a: " + in + ") -> " + out +
         " {\n%zero = arith.constant 0.0 : f32\n%e = tensor.empty() : " + out +
         "\n%f = linalg.fill ins(%zero : f32) outs(%e : " + out + ") -> " +
         out +
         "\n%r = linalg.generic {indexing_maps = [#in, #out], iterator_types "
         "= [" +
         (ofChannels ? "\"reduction\", \"reduction\", \"parallel\""
                     : "\"parallel\", \"parallel\", \"reduction\"") +
         "]} ins(%a : " + in + ") outs(%f : " + out +
         ") {\n^bb0(%x: f32, %o: f32):\n%s = arith.addf %o, %x : f32\n"
         "linalg.yield %s : f32\n} -> " +
         out + "\nconvopt.yield %r : " + out + "\n}";
}

TEST(Reduction, IsDividedAmongThreads) {
  CheckOptions options;
  options.tolerance = 1e-4;
  for (int64_t threads : {2, 3}) {
    options.threads = threads;
    for (int channels : {1000, 288, 72, 32})
      checkKernel(sums(24, 24, channels, true), options);
    for (int channels : {160, 37})
      checkKernel(sums(28, 30, channels, false), options);
  }
}

TEST(Reduction, PoolsWindows) {
  for (bool channelsLast : {false, true})
    for (auto [op, padding] : {std::pair("max", "0xFF800000"), {"sum", "0.0"}})
      for (auto [c, h, w] : {std::tuple(64, 14, 14), {3, 9, 11}, {37, 7, 5}})
        checkKernel(pooling(std::string("pooling_") +
                                (channelsLast ? "nhwc_" : "nchw_") + op,
                            padding, 1, c, h, w, channelsLast));
  checkKernel(pooling("pooling_nhwc_max", "0xFFF0000000000000", 2, 5, 8, 8,
                      true, "f64"));
}

TEST(Reduction, PoolingKeepsInfinitiesAndNaN) {
  CheckOptions options;
  options.input = [](unsigned, int64_t i) {
    if (i % 50 == 17)
      return std::numeric_limits<double>::quiet_NaN();
    // Whole windows of minus infinity stay so.
    return i % 23 == 5 ? std::numeric_limits<double>::infinity()
           : i < 300   ? -std::numeric_limits<double>::infinity()
                       : i % 13 - 5.0;
  };
  checkKernel(pooling("pooling_nchw_max", "0xFF800000", 1, 3, 17, 19, false),
              options);
  checkKernel(pooling("pooling_nhwc_max", "0xFF800000", 1, 19, 7, 9, true),
              options);
}

TEST(Reduction, LargestNumberOfWindowsLeavesNaNOut) {
  CheckOptions options;
  // A whole window of NaN leaves the initial value.
  options.input = [](unsigned, int64_t i) {
    return i % 7 == 3 || i < 200 ? std::numeric_limits<double>::quiet_NaN()
                                 : i % 13 - 5.0;
  };
  checkKernel(R"(
    convopt.kernel @k(%x: tensor<9x11x24xf32>) -> tensor<4x5x24xf32> {
      %z = arith.constant -9.0 : f32
      %w = tensor.empty() : tensor<3x3xf32>
      %e = tensor.empty() : tensor<4x5x24xf32>
      %f = linalg.fill ins(%z : f32) outs(%e : tensor<4x5x24xf32>) -> tensor<4x5x24xf32>
      %r = linalg.generic {
          indexing_maps = [affine_map<(y, x, c, i, j) -> (2 * y + i, 2 * x + j, c)>,
                           affine_map<(y, x, c, i, j) -> (i, j)>,
                           affine_map<(y, x, c, i, j) -> (y, x, c)>],
          iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
          ins(%x, %w : tensor<9x11x24xf32>, tensor<3x3xf32>) outs(%f : tensor<4x5x24xf32>) {
        ^bb0(%v: f32, %u: f32, %old: f32):
          %m = arith.maxnumf %old, %v : f32
          linalg.yield %m : f32
      } -> tensor<4x5x24xf32>
      convopt.yield %r : tensor<4x5x24xf32>
    })",
              options);
}

/// Sum (or `combine`) of a 4-D tensor over the dimensions of `loops` marked r.
std::string reduce(std::initializer_list<int> shape, const std::string &loops,
                   const std::string &combine = "arith.addf",
                   const std::string &initial = "0.0") {
  std::string in = dims(shape), kept, iterators, out = "tensor<";
  const char *names[] = {"a", "b", "c", "d"};
  int d = 0;
  for (int extent : shape) {
    bool isKept = loops[d] == 'p';
    iterators += std::string(d ? ", " : "") +
                 (isKept ? "\"parallel\"" : "\"reduction\"");
    if (isKept) {
      kept += (kept.empty() ? "" : ", ") + std::string(names[d]);
      out += std::to_string(extent) + "x";
    }
    ++d;
  }
  out += "f32>";
  return "convopt.kernel @k(%x: " + in + ") -> " + out +
         " {\n%z = arith.constant " + initial +
         " : f32\n%e = tensor.empty() : " + out +
         "\n%f = linalg.fill ins(%z : f32) outs(%e : " + out + ") -> " + out +
         "\n%r = linalg.generic {indexing_maps = [affine_map<(a, b, c, d) "
         "-> (a, b, c, d)>, affine_map<(a, b, c, d) -> (" +
         kept + ")>], iterator_types = [" + iterators + "]} ins(%x : " + in +
         ") outs(%f : " + out +
         ") {\n^bb0(%v: f32, %o: f32):\n%s = " + combine +
         " %v, %o : f32\nlinalg.yield %s : f32\n} -> " + out +
         "\nconvopt.yield %r : " + out + "\n}";
}

TEST(Reduction, OverAnyDimensions) {
  for (std::string loops :
       {"pprr", "prrp", "rppp", "pppr", "rrrp", "prpr", "rrrr"}) {
    SCOPED_TRACE(loops);
    checkKernel(reduce({2, 19, 7, 7}, loops));
    checkKernel(reduce({1, 5, 3, 67}, loops));
  }
  checkKernel(reduce({1, 8, 6, 130}, "pppr", "arith.maximumf", "0xFF800000"));
  checkKernel(reduce({1, 8, 6, 130}, "pprr", "arith.minimumf", "0x7F800000"));
  checkKernel(reduce({1, 3, 2, 33}, "pppr", "arith.mulf", "1.0"));
}

TEST(Reduction, MatrixProducts) {
  CheckOptions options;
  options.tolerance = 1e-4; // Sums of a thousand terms.
  for (auto [m, n, k] : {std::tuple(1, 1000, 67),
                         {5, 3, 129},
                         {33, 47, 65},
                         {64, 64, 64},
                         {7, 1, 100}})
    checkKernel(
        "convopt.kernel @k(%a: " + dims({m, k}) + ", %b: " + dims({k, n}) +
            ", %c: " + dims({m, n}) + ") -> " + dims({m, n}) +
            " {\n%r = linalg.matmul ins(%a, %b : " + dims({m, k}) + ", " +
            dims({k, n}) + ") outs(%c : " + dims({m, n}) + ") -> " +
            dims({m, n}) + "\nconvopt.yield %r : " + dims({m, n}) + "\n}",
        options);
  checkKernel(
      "convopt.kernel @k(%a: " + dims({3, 17, 65}) +
          ", %b: " + dims({3, 65, 31}) + ", %c: " + dims({3, 17, 31}) +
          ") -> " + dims({3, 17, 31}) +
          " {\n%r = linalg.batch_matmul ins(%a, %b : " + dims({3, 17, 65}) +
          ", " + dims({3, 65, 31}) + ") outs(%c : " + dims({3, 17, 31}) +
          ") -> " + dims({3, 17, 31}) +
          "\nconvopt.yield %r : " + dims({3, 17, 31}) + "\n}",
      options);
  // The one factor lies across the result, whose rows are not next to what its
  // vectors are along.
  for (auto [i, h, c, j] : {std::tuple(24, 3, 16, 40), {9, 2, 37, 33}}) {
    std::string values = dims({h, c, j}), weights = dims({h, j, i}),
                out = dims({i, h, c});
    checkKernel(
        "#values = affine_map<(i, h, c, j) -> (h, c, j)>\n"
        "#weights = affine_map<(i, h, c, j) -> (h, j, i)>\n"
        "#out = affine_map<(i, h, c, j) -> (i, h, c)>\n"
        "convopt.kernel @k(%a: " +
            values + ", %b: " + weights + ", %c: " + out + ") -> " + out +
            " {\n%r = linalg.generic {indexing_maps = [#values, #weights, "
            "#out], iterator_types = [\"parallel\", \"parallel\", "
            "\"parallel\", \"reduction\"]} ins(%a, %b : " +
            values + ", " + weights + ") outs(%c : " + out +
            ") {\n^bb0(%x: f32, %y: f32, %o: f32):\n"
            "%m = arith.mulf %x, %y : f32\n%s = arith.addf %o, %m : f32\n"
            "linalg.yield %s : f32\n} -> " +
            out + "\nconvopt.yield %r : " + out + "\n}",
        options);
  }
  // Both operands with the summed dimension innermost.
  checkKernel(
      "convopt.kernel @k(%a: " + dims({5, 1000}) + ", %b: " + dims({77, 1000}) +
          ", %c: " + dims({5, 77}) + ") -> " + dims({5, 77}) +
          " {\n%r = linalg.matmul_transpose_b ins(%a, %b : " + dims({5, 1000}) +
          ", " + dims({77, 1000}) + ") outs(%c : " + dims({5, 77}) + ") -> " +
          dims({5, 77}) + "\nconvopt.yield %r : " + dims({5, 77}) + "\n}",
      options);
}

TEST(Reduction, Softmax) {
  const char *text = R"mlir(
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
convopt.kernel @k(%x: tensor<13x51xf32>) -> tensor<13x51xf32> {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<13x51xf32>
  %v = tensor.empty() : tensor<13xf32>
  %f = linalg.fill ins(%low : f32) outs(%v : tensor<13xf32>) -> tensor<13xf32>
  %m = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<13x51xf32>) outs(%f : tensor<13xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.maximumf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<13xf32>
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %m : tensor<13x51xf32>, tensor<13xf32>) outs(%e : tensor<13x51xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.subf %a, %b : f32
    %t = math.exp %s : f32
    linalg.yield %t : f32
  } -> tensor<13x51xf32>
  %g = linalg.fill ins(%zero : f32) outs(%v : tensor<13xf32>) -> tensor<13xf32>
  %d = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%p : tensor<13x51xf32>) outs(%g : tensor<13xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<13xf32>
  %r = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%p, %d : tensor<13x51xf32>, tensor<13xf32>) outs(%e : tensor<13x51xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.divf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<13x51xf32>
  convopt.yield %r : tensor<13x51xf32>
})mlir";
  checkKernel(text);
  CheckOptions options;
  // Masks; large numbers.
  options.input = [](unsigned, int64_t i) {
    return i % 5 == 0 ? -std::numeric_limits<double>::infinity()
                      : 50.0 * (i % 7) - 100;
  };
  checkKernel(text, options);
}

TEST(Reduction, ArgMaxHasTwoResults) {
  checkKernel(R"mlir(
convopt.kernel @k(%x: tensor<13x51xf32>) -> (tensor<13xf32>, tensor<13xi64>) {
  %zero = arith.constant 0 : i64
  %low = arith.constant 0xFF800000 : f32
  %v = tensor.empty() : tensor<13xf32>
  %w = tensor.empty() : tensor<13xi64>
  %f = linalg.fill ins(%low : f32) outs(%v : tensor<13xf32>) -> tensor<13xf32>
  %g = linalg.fill ins(%zero : i64) outs(%w : tensor<13xi64>) -> tensor<13xi64>
  %m:2 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<13x51xf32>) outs(%f, %g : tensor<13xf32>, tensor<13xi64>) {
  ^bb0(%a: f32, %o: f32, %p: i64):
    %i = linalg.index 1 : index
    %n = arith.index_cast %i : index to i64
    %c = arith.cmpf ogt, %a, %o : f32
    %s = arith.select %c, %a, %o : f32
    %t = arith.select %c, %n, %p : i64
    linalg.yield %s, %t : f32, i64
  } -> (tensor<13xf32>, tensor<13xi64>)
  convopt.yield %m#0, %m#1 : tensor<13xf32>, tensor<13xi64>
})mlir");
}

TEST(Reduction, ConvolutionWithoutAPrimitive) {
  checkKernel(R"mlir(
convopt.kernel @k(%x: tensor<1x3x9x9xf32>, %w: tensor<5x3x3x3xf32>) -> tensor<1x5x5x5xf32> {
  %z = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %z : f32
  } : tensor<1x3x9x9xf32> to tensor<1x3x11x11xf32>
  %e = tensor.empty() : tensor<1x5x5x5xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<1x5x5x5xf32>) -> tensor<1x5x5x5xf32>
  %r = linalg.conv_2d_nchw_fchw {strides = dense<2> : vector<2xi64>, dilations = dense<1> : vector<2xi64>}
      ins(%p, %w : tensor<1x3x11x11xf32>, tensor<5x3x3x3xf32>) outs(%f : tensor<1x5x5x5xf32>) -> tensor<1x5x5x5xf32>
  convopt.yield %r : tensor<1x5x5x5xf32>
})mlir");
}

} // namespace
