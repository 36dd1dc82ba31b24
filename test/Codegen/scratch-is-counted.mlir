// RUN: convopt-kernels %s --target=x86-64 | FileCheck %s

// The exponentials are read twice, so they have memory: those of a row, 20000
// floats, and 64 bytes more for the alignment. The result's own would not do,
// whose elements are of another size. The sum fits on the stack.
// CHECK: // normalise: scratch 80064 and 0 per thread
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
convopt.kernel @normalise(%a: tensor<3x20000xf32>) -> tensor<3x20000xf64> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3x20000xf32>
  %v = tensor.empty() : tensor<3xf32>
  %p = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<3x20000xf32>) outs(%e : tensor<3x20000xf32>) {
  ^bb0(%x: f32, %o: f32):
    %t = math.exp %x : f32
    linalg.yield %t : f32
  } -> tensor<3x20000xf32>
  %f = linalg.fill ins(%zero : f32) outs(%v : tensor<3xf32>) -> tensor<3xf32>
  %s = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%p : tensor<3x20000xf32>) outs(%f : tensor<3xf32>) {
  ^bb0(%x: f32, %o: f32):
    %t = arith.addf %x, %o : f32
    linalg.yield %t : f32
  } -> tensor<3xf32>
  %d = tensor.empty() : tensor<3x20000xf64>
  %r = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%p, %s : tensor<3x20000xf32>, tensor<3xf32>) outs(%d : tensor<3x20000xf64>) {
  ^bb0(%x: f32, %y: f32, %o: f64):
    %t = arith.divf %x, %y : f32
    %w = arith.extf %t : f32 to f64
    linalg.yield %w : f64
  } -> tensor<3x20000xf64>
  convopt.yield %r : tensor<3x20000xf64>
}
