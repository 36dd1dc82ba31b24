#include "KernelRunner.h"

using namespace convopt::test;

namespace {

TEST(Movement, TransposesMatricesAndImages) {
  checkKernel(R"mlir(
convopt.kernel @k(%a: tensor<37x53xf32>) -> tensor<53x37xf32> {
  %e = tensor.empty() : tensor<53x37xf32>
  %r = linalg.transpose ins(%a : tensor<37x53xf32>) outs(%e : tensor<53x37xf32>) permutation = [1, 0]
  convopt.yield %r : tensor<53x37xf32>
})mlir");
  checkKernel(R"mlir(
convopt.kernel @k(%a: tensor<2x19x7x9xf32>) -> tensor<2x7x9x19xf32> {
  %e = tensor.empty() : tensor<2x7x9x19xf32>
  %r = linalg.transpose ins(%a : tensor<2x19x7x9xf32>) outs(%e : tensor<2x7x9x19xf32>) permutation = [0, 2, 3, 1]
  convopt.yield %r : tensor<2x7x9x19xf32>
})mlir");
  checkKernel(R"mlir(
convopt.kernel @k(%a: tensor<1x7x9x3xf32>) -> tensor<1x3x7x9xf32> {
  %e = tensor.empty() : tensor<1x3x7x9xf32>
  %r = linalg.transpose ins(%a : tensor<1x7x9x3xf32>) outs(%e : tensor<1x3x7x9xf32>) permutation = [0, 3, 1, 2]
  convopt.yield %r : tensor<1x3x7x9xf32>
})mlir");
  checkKernel(R"mlir(
convopt.kernel @k(%a: tensor<5x4x3x2x6xi8>) -> tensor<6x3x5x2x4xi8> {
  %e = tensor.empty() : tensor<6x3x5x2x4xi8>
  %r = linalg.transpose ins(%a : tensor<5x4x3x2x6xi8>) outs(%e : tensor<6x3x5x2x4xi8>) permutation = [4, 2, 0, 3, 1]
  convopt.yield %r : tensor<6x3x5x2x4xi8>
})mlir");
}

/// A kernel that transposes a tensor of `type` to `result`.
std::string transposition(const std::string &type, const std::string &result,
                          const std::string &permutation) {
  return "convopt.kernel @k(%a: tensor<" + type + ">) -> tensor<" + result +
         "> {\n  %e = tensor.empty() : tensor<" + result +
         ">\n  %r = linalg.transpose ins(%a : tensor<" + type +
         ">) outs(%e : tensor<" + result + ">) permutation = " + permutation +
         "\n  convopt.yield %r : tensor<" + result + ">\n}";
}

TEST(Movement, TransposesInBlocks) {
  // Blocks that neither side fills, and rows shorter than a vector.
  checkKernel(
      transposition("1x45x13x11xf32", "1x13x11x45xf32", "[0, 2, 3, 1]"));
  checkKernel(
      transposition("1x13x11x45xf32", "1x45x13x11xf32", "[0, 3, 1, 2]"));
  checkKernel(transposition("3x2x15x1xf32", "3x15x1x2xf32", "[0, 2, 3, 1]"));
  checkKernel(transposition("2x1x90x5xf32", "2x5x1x90xf32", "[0, 3, 1, 2]"));
  checkKernel(transposition("35x3x19xf32", "3x19x35xf32", "[1, 2, 0]"));
  checkKernel(transposition("6x17x5x18xi8", "18x17x6x5xi8", "[3, 1, 0, 2]"));
  checkKernel(transposition("21x33xf64", "33x21xf64", "[1, 0]"));
  // Rows of half a page, which share sets of a cache.
  checkKernel(transposition("19x512xf32", "512x19xf32", "[1, 0]"));
  checkKernel(transposition("512x19xf32", "19x512xf32", "[1, 0]"));
  CheckOptions threads;
  threads.threads = 2;
  checkKernel(transposition("1x61x23x29xf32", "1x23x29x61xf32", "[0, 2, 3, 1]"),
              threads);
  checkKernel(transposition("2x23x29x37xf32", "2x37x23x29xf32", "[0, 3, 1, 2]"),
              threads);
}

TEST(Movement, TransposesOneOfTwoOperands) {
  checkKernel(R"mlir(
#id = affine_map<(n, c, y, x) -> (n, c, y, x)>
convopt.kernel @k(%a: tensor<2x19x7x9xf32>, %b: tensor<2x7x9x19xf32>, %c: tensor<19xf32>) -> tensor<2x19x7x9xf32> {
  %e = tensor.empty() : tensor<2x19x7x9xf32>
  %r = linalg.generic {indexing_maps = [#id, affine_map<(n, c, y, x) -> (n, y, x, c)>, affine_map<(n, c, y, x) -> (c)>, #id],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%a, %b, %c : tensor<2x19x7x9xf32>, tensor<2x7x9x19xf32>, tensor<19xf32>) outs(%e : tensor<2x19x7x9xf32>) {
  ^bb0(%p: f32, %q: f32, %w: f32, %o: f32):
    %s = arith.mulf %p, %q : f32
    %t = arith.addf %s, %w : f32
    linalg.yield %t : f32
  } -> tensor<2x19x7x9xf32>
  convopt.yield %r : tensor<2x19x7x9xf32>
})mlir");
}

TEST(Movement, TransposesWhatIsUsedAgain) {
  // The first result, whose loops were merged, is read by the second.
  checkKernel(R"mlir(
#id = affine_map<(n, c, y, x) -> (n, c, y, x)>
convopt.kernel @k(%a: tensor<2x5x7x9xf32>) -> (tensor<2x5x7x9xf32>, tensor<2x7x9x5xf32>) {
  %e = tensor.empty() : tensor<2x5x7x9xf32>
  %x = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%a : tensor<2x5x7x9xf32>) outs(%e : tensor<2x5x7x9xf32>) {
  ^bb0(%p: f32, %o: f32):
    %s = math.exp %p : f32
    linalg.yield %s : f32
  } -> tensor<2x5x7x9xf32>
  %f = tensor.empty() : tensor<2x7x9x5xf32>
  %r = linalg.transpose ins(%x : tensor<2x5x7x9xf32>) outs(%f : tensor<2x7x9x5xf32>) permutation = [0, 2, 3, 1]
  convopt.yield %x, %r : tensor<2x5x7x9xf32>, tensor<2x7x9x5xf32>
})mlir");
}

TEST(Movement, PadsOnEverySide) {
  checkKernel(R"mlir(
convopt.kernel @k(%a: tensor<2x3x5x7xf32>) -> tensor<2x6x10x10xf32> {
  %c = arith.constant 1.5 : f32
  %r = tensor.pad %a low[0, 1, 2, 3] high[0, 2, 3, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %c : f32
  } : tensor<2x3x5x7xf32> to tensor<2x6x10x10xf32>
  convopt.yield %r : tensor<2x6x10x10xf32>
})mlir");
  checkKernel(R"mlir(
convopt.kernel @k(%a: tensor<1x9x9x33xf32>) -> tensor<1x11x12x33xf32> {
  %c = arith.constant 0.0 : f32
  %r = tensor.pad %a low[0, 1, 1, 0] high[0, 1, 2, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %c : f32
  } : tensor<1x9x9x33xf32> to tensor<1x11x12x33xf32>
  convopt.yield %r : tensor<1x11x12x33xf32>
})mlir");
}

TEST(Movement, ConcatenatesAlongAnyDimension) {
  checkKernel(R"mlir(
convopt.kernel @k(%a: tensor<1x3x5x7xf32>, %b: tensor<1x4x5x7xf32>, %c: tensor<1x1x5x7xf32>) -> tensor<1x8x5x7xf32> {
  %r = tensor.concat dim(1) %a, %b, %c : (tensor<1x3x5x7xf32>, tensor<1x4x5x7xf32>, tensor<1x1x5x7xf32>) -> tensor<1x8x5x7xf32>
  convopt.yield %r : tensor<1x8x5x7xf32>
})mlir");
  checkKernel(R"mlir(
convopt.kernel @k(%a: tensor<1x5x7x24xf32>, %b: tensor<1x5x7x19xf32>) -> tensor<1x5x7x43xf32> {
  %r = tensor.concat dim(3) %a, %b : (tensor<1x5x7x24xf32>, tensor<1x5x7x19xf32>) -> tensor<1x5x7x43xf32>
  convopt.yield %r : tensor<1x5x7x43xf32>
})mlir");
}

TEST(Movement, InsertsSlices) {
  checkKernel(R"mlir(
convopt.kernel @k(%a: tensor<3x5x7xf32>, %b: tensor<5x7xf32>) -> tensor<9x12x8xf32> {
  %z = arith.constant 0.25 : f32
  %e = tensor.empty() : tensor<9x12x8xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<9x12x8xf32>) -> tensor<9x12x8xf32>
  %i = tensor.insert_slice %a into %f[2, 1, 0] [3, 5, 7] [2, 2, 1] : tensor<3x5x7xf32> into tensor<9x12x8xf32>
  %r = tensor.insert_slice %b into %i[8, 6, 1] [1, 5, 7] [1, 1, 1] : tensor<5x7xf32> into tensor<9x12x8xf32>
  convopt.yield %r : tensor<9x12x8xf32>
})mlir");
}

TEST(Movement, ExtractsSlices) {
  checkKernel(R"mlir(
convopt.kernel @k(%a: tensor<4x9x12xf32>) -> tensor<3x5xf32> {
  %r = tensor.extract_slice %a[2, 1, 1] [1, 3, 5] [1, 2, 2] : tensor<4x9x12xf32> to tensor<3x5xf32>
  convopt.yield %r : tensor<3x5xf32>
})mlir");
}

TEST(Movement, ReshapesWithinAKernel) {
  // As a shuffle of channels: 3 groups of 4.
  checkKernel(R"mlir(
convopt.kernel @k(%a: tensor<1x12x5x5xf32>) -> tensor<1x12x5x5xf32> {
  %g = tensor.expand_shape %a [[0], [1, 2], [3], [4]] output_shape [1, 3, 4, 5, 5] : tensor<1x12x5x5xf32> into tensor<1x3x4x5x5xf32>
  %e = tensor.empty() : tensor<1x4x3x5x5xf32>
  %t = linalg.transpose ins(%g : tensor<1x3x4x5x5xf32>) outs(%e : tensor<1x4x3x5x5xf32>) permutation = [0, 2, 1, 3, 4]
  %r = tensor.collapse_shape %t [[0], [1, 2], [3], [4]] : tensor<1x4x3x5x5xf32> into tensor<1x12x5x5xf32>
  convopt.yield %r : tensor<1x12x5x5xf32>
})mlir");
  checkKernel(R"mlir(
#id = affine_map<(i, j) -> (i, j)>
convopt.kernel @k(%a: tensor<6x35xf32>, %b: tensor<14x15xf32>) -> tensor<6x35xf32> {
  %c = tensor.collapse_shape %b [[0, 1]] : tensor<14x15xf32> into tensor<210xf32>
  %x = tensor.expand_shape %c [[0, 1]] output_shape [6, 35] : tensor<210xf32> into tensor<6x35xf32>
  %e = tensor.empty() : tensor<6x35xf32>
  %r = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %x : tensor<6x35xf32>, tensor<6x35xf32>) outs(%e : tensor<6x35xf32>) {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %s = arith.subf %p, %q : f32
    linalg.yield %s : f32
  } -> tensor<6x35xf32>
  convopt.yield %r : tensor<6x35xf32>
})mlir");
}

TEST(Movement, GathersRowsAndStaysInside) {
  CheckOptions options;
  options.input = [](unsigned n, int64_t i) {
    return n == 0 ? i * 0.5 : (i * 5) % 11;
  };
  checkKernel(R"mlir(
convopt.kernel @k(%a: tensor<11x6xf32>, %i: tensor<4xi64>) -> tensor<4x6xf32> {
  %e = tensor.empty() : tensor<4x6xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%i : tensor<4xi64>) outs(%e : tensor<4x6xf32>) {
  ^bb0(%p: i64, %o: f32):
    %x = arith.index_cast %p : i64 to index
    %j = linalg.index 1 : index
    %v = tensor.extract %a[%x, %j] : tensor<11x6xf32>
    linalg.yield %v : f32
  } -> tensor<4x6xf32>
  convopt.yield %r : tensor<4x6xf32>
})mlir",
              options);
}

TEST(Movement, ReadsWithFloorAndRemainder) {
  // Nearest-neighbour resizing by 2.
  checkKernel(R"mlir(
convopt.kernel @k(%a: tensor<1x3x5x7xf32>) -> tensor<1x3x10x14xf32> {
  %e = tensor.empty() : tensor<1x3x10x14xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(n, c, y, x) -> (n, c, y floordiv 2, x floordiv 2)>, affine_map<(n, c, y, x) -> (n, c, y, x)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%a : tensor<1x3x5x7xf32>) outs(%e : tensor<1x3x10x14xf32>) {
  ^bb0(%p: f32, %o: f32):
    linalg.yield %p : f32
  } -> tensor<1x3x10x14xf32>
  convopt.yield %r : tensor<1x3x10x14xf32>
})mlir");
}

TEST(Movement, CopiesArgumentsAndYieldsOneTwice) {
  checkKernel(R"mlir(
convopt.kernel @k(%a: tensor<3x5xf32>) -> (tensor<3x5xf32>, tensor<15xf32>) {
  %c = tensor.collapse_shape %a [[0, 1]] : tensor<3x5xf32> into tensor<15xf32>
  convopt.yield %a, %c : tensor<3x5xf32>, tensor<15xf32>
})mlir");
}

TEST(Movement, RankZero) {
  checkKernel(R"mlir(
convopt.kernel @k(%a: tensor<f32>) -> tensor<f32> {
  %e = tensor.empty() : tensor<f32>
  %r = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []}
      ins(%a : tensor<f32>) outs(%e : tensor<f32>) {
  ^bb0(%p: f32, %o: f32):
    %s = arith.addf %p, %p : f32
    linalg.yield %s : f32
  } -> tensor<f32>
  convopt.yield %r : tensor<f32>
})mlir");
}

TEST(Movement, InterleavesPartsOfSlices) {
  for (auto [channels, from, size] :
       {std::tuple(58, 29, 29), {16, 0, 16}, {40, 10, 3}, {6, 2, 1}}) {
    std::string c = std::to_string(channels), n = std::to_string(size);
    std::string slice = "[0, 0, 0, " + std::to_string(from) + "] [1, 4, 5, " +
                        n + "] [1, 1, 1, 1] : tensor<1x4x5x" + c +
                        "xf32> to tensor<1x4x5x" + n + "xf32>\n";
    std::string expand = " [[0], [1], [2], [3, 4]] output_shape [1, 4, 5, " +
                         n + ", 1] : tensor<1x4x5x" + n +
                         "xf32> into tensor<1x4x5x" + n + "x1xf32>\n";
    std::string part = "tensor<1x4x5x" + n + "x1xf32>";
    std::string whole = "tensor<1x4x5x" + n + "x3xf32>";
    std::string result = "tensor<1x4x5x" + std::to_string(3 * size) + "xf32>";
    std::string argument = "tensor<1x4x5x" + c + "xf32>";
    checkKernel(
        "convopt.kernel @k(%a: " + argument + ", %b: " + argument + ", %c: " +
        argument + ") -> " + result + " {\n%p = tensor.extract_slice %a" +
        slice + "%q = tensor.extract_slice %b" + slice +
        "%r = tensor.extract_slice %c" + slice + "%x = tensor.expand_shape %p" +
        expand + "%y = tensor.expand_shape %q" + expand +
        "%z = tensor.expand_shape %r" + expand +
        "%t = tensor.concat dim(4) %x, %y, %z : (" + part + ", " + part + ", " +
        part + ") -> " + whole +
        "\n%s = tensor.collapse_shape %t [[0], [1], [2], [3, 4]] : " + whole +
        " into " + result + "\nconvopt.yield %s : " + result + "\n}");
  }
}

} // namespace
