// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-assign-layouts))' | FileCheck %s

// A chain of convolutions that read and write NHWC: one transposition where the
// function is entered, one where it is left; padding, bias and activation follow.

#id = affine_map<(n, c, h, w) -> (n, c, h, w)>

// CHECK-LABEL: func.func @chain(
// CHECK-SAME: %[[X:.*]]: tensor<1x8x10x12xf32>
// CHECK: %[[IN:.*]] = linalg.transpose ins(%[[X]] {{.*}} permutation = [0, 2, 3, 1]
// CHECK: %[[BIAS:.*]] = linalg.broadcast ins(%{{.*}} : tensor<16xf32>) outs(%{{.*}} : tensor<1x10x12x16xf32>) dimensions = [0, 1, 2]
// CHECK: %[[PAD:.*]] = tensor.pad %[[IN]] low[0, 1, 1, 0] high[0, 1, 1, 0]
// CHECK: tensor<1x10x12x8xf32> to tensor<1x12x14x8xf32>
// CHECK: %[[CONV:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
// CHECK-SAME: ins(%[[PAD]], %{{.*}} : tensor<1x12x14x8xf32>, tensor<16x8x3x3xf32>) outs(%[[BIAS]] : tensor<1x10x12x16xf32>)
// CHECK-SAME: convopt.primitive = #convopt.primitive<direct in = nhwc out = nhwc>
// CHECK: %[[RELU:.*]] = linalg.generic {{.*}} ins(%[[CONV]] : tensor<1x10x12x16xf32>)
// CHECK: arith.maximumf
// CHECK: linalg.generic {{.*}} ins(%[[RELU]], %{{.*}} : tensor<1x10x12x16xf32>, tensor<16x16x1x1xf32>)
// CHECK-SAME: #convopt.primitive<pointwise in = nhwc out = nhwc>
// CHECK: %[[OUT:.*]] = linalg.transpose {{.*}} permutation = [0, 3, 1, 2]
// CHECK-NOT: linalg
// CHECK: return %[[OUT]]
func.func @chain(%x: tensor<1x8x10x12xf32>, %f: tensor<16x8x3x3xf32>, %g: tensor<16x16x1x1xf32>, %b: tensor<16xf32>) -> tensor<1x16x10x12xf32> {
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<1x8x10x12xf32> to tensor<1x8x12x14xf32>
  %e = tensor.empty() : tensor<1x16x10x12xf32>
  %bias = linalg.broadcast ins(%b : tensor<16xf32>) outs(%e : tensor<1x16x10x12xf32>) dimensions = [0, 2, 3]
  %0 = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct in = nhwc out = nhwc>}
    ins(%p, %f : tensor<1x8x12x14xf32>, tensor<16x8x3x3xf32>) outs(%bias : tensor<1x16x10x12xf32>) -> tensor<1x16x10x12xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
    ins(%0 : tensor<1x16x10x12xf32>) outs(%e : tensor<1x16x10x12xf32>) {
  ^bb0(%a: f32, %o: f32):
    %m = arith.maximumf %a, %zero : f32
    linalg.yield %m : f32
  } -> tensor<1x16x10x12xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x16x10x12xf32>) -> tensor<1x16x10x12xf32>
  %2 = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<pointwise in = nhwc out = nhwc>}
    ins(%1, %g : tensor<1x16x10x12xf32>, tensor<16x16x1x1xf32>) outs(%z : tensor<1x16x10x12xf32>) -> tensor<1x16x10x12xf32>
  return %2 : tensor<1x16x10x12xf32>
}
