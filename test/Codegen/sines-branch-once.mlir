// RUN: convopt-kernels %s --target=x86-64 | FileCheck %s

// Whether all elements of a vector are small enough for the polynomials is
// asked first.
// CHECK: if_then_else((uint1)vector_reduce_and((uint1x8)strict_lt(
// CHECK-SAME: sinf
#id = affine_map<(i) -> (i)>
convopt.kernel @sine(%x: tensor<64xf32>) -> tensor<64xf32> {
  %e = tensor.empty() : tensor<64xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<64xf32>) outs(%e : tensor<64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %y = math.sin %a : f32
    linalg.yield %y : f32
  } -> tensor<64xf32>
  convopt.yield %r : tensor<64xf32>
}
