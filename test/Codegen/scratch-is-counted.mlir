// RUN: convopt-kernels %s --target=x86-64 | FileCheck %s

// The exponentials are read twice, so they have memory: 300 x 200 floats, and
// 64 bytes more for the alignment. The sums fit on the stack.
// CHECK: // normalise: scratch 240064 and 0 per thread
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
convopt.kernel @normalise(%a: tensor<300x200xf32>) -> tensor<300x200xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<300x200xf32>
  %v = tensor.empty() : tensor<300xf32>
  %p = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<300x200xf32>) outs(%e : tensor<300x200xf32>) {
  ^bb0(%x: f32, %o: f32):
    %t = math.exp %x : f32
    linalg.yield %t : f32
  } -> tensor<300x200xf32>
  %f = linalg.fill ins(%zero : f32) outs(%v : tensor<300xf32>) -> tensor<300xf32>
  %s = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%p : tensor<300x200xf32>) outs(%f : tensor<300xf32>) {
  ^bb0(%x: f32, %o: f32):
    %t = arith.addf %x, %o : f32
    linalg.yield %t : f32
  } -> tensor<300xf32>
  %r = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%p, %s : tensor<300x200xf32>, tensor<300xf32>) outs(%e : tensor<300x200xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %t = arith.divf %x, %y : f32
    linalg.yield %t : f32
  } -> tensor<300x200xf32>
  convopt.yield %r : tensor<300x200xf32>
}
