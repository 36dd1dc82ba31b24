// RUN: convopt-opt %s -convopt-normalise | FileCheck %s
// RUN: convopt-opt %s -convopt-normalise -convopt-form-kernels | FileCheck %s --check-prefix=KERNELS

// A grouped convolution in the middle of a network: batch normalisation is
// gone, the activation follows on the convolution directly, and the fully
// connected layer is a convolution on what the pooling makes.

// CHECK-LABEL: func.func @main
// CHECK:         %[[C0:.*]] = linalg.conv_2d_nchw_fchw
// CHECK-NEXT:    %[[R0:.*]] = linalg.generic {{.*}} ins(%[[C0]] :
// CHECK:         %[[X5:.*]] = tensor.expand_shape %[[R0]]
// CHECK:         %[[P:.*]] = tensor.pad %[[X5]]
// CHECK:         %[[B:.*]] = linalg.broadcast {{.*}} dimensions = [0, 3, 4]
// CHECK:         %[[C1:.*]] = linalg.conv_2d_ngchw_gfchw ins(%[[P]], %{{.*}} outs(%[[B]]
// CHECK-NEXT:    %[[R1:.*]] = linalg.generic {{.*}} ins(%[[C1]] :
// CHECK:           arith.maximumf
// CHECK:         %[[R2:.*]] = tensor.collapse_shape %[[R1]]
// CHECK:         %[[SUM:.*]] = linalg.generic {{.*}} ["parallel", "parallel", "reduction", "reduction"]} ins(%[[R2]] :
// CHECK:         %[[POOL:.*]] = tensor.expand_shape %[[SUM]]
// CHECK:         %[[B2:.*]] = linalg.broadcast ins({{.*}}) outs({{.*}} : tensor<1x4x1x1xf32>)
// CHECK-NEXT:    %[[FC:.*]] = linalg.generic {{.*}} ins(%[[POOL]], %{{.*}} outs(%[[B2]]
// CHECK:         %[[Y:.*]] = linalg.generic {{.*}} ins(%[[FC]] :
// CHECK:           math.exp
// CHECK:         tensor.collapse_shape %[[Y]]
// CHECK-NEXT:    return

// KERNELS-COUNT-4: convopt.kernel
// KERNELS-NOT:     convopt.kernel
// KERNELS:         func.func @main
// KERNELS-NOT:     linalg.
#id = affine_map<(n, c, h, w) -> (n, c, h, w)>
#channel = affine_map<(n, c, h, w) -> (c)>
func.func @main(%x: tensor<1x4x4x4xf32>) -> tensor<1x4xf32> {
  %zero = arith.constant 0.0 : f32
  %wa = arith.constant dense<1.5> : tensor<4x4x1x1xf32>
  %w = arith.constant dense<2.0> : tensor<2x2x2x3x3xf32>
  %fc = arith.constant dense<3.0> : tensor<4x4xf32>
  %b = arith.constant dense<[1.,2.,3.,4.]> : tensor<4xf32>
  %scale = arith.constant dense<[2.0, -1.0, 4.0, 3.0]> : tensor<4xf32>
  %e = tensor.empty() : tensor<1x4x4x4xf32>
  %e5 = tensor.empty() : tensor<1x2x2x4x4xf32>
  %i0 = linalg.fill ins(%zero : f32) outs(%e : tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32>
  %i5 = linalg.fill ins(%zero : f32) outs(%e5 : tensor<1x2x2x4x4xf32>) -> tensor<1x2x2x4x4xf32>
  %c0 = linalg.conv_2d_nchw_fchw ins(%x, %wa : tensor<1x4x4x4xf32>, tensor<4x4x1x1xf32>) outs(%i0 : tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32>
  %r0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%c0 : tensor<1x4x4x4xf32>) outs(%e : tensor<1x4x4x4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %m = arith.maximumf %a, %zero : f32
    linalg.yield %m : f32
  } -> tensor<1x4x4x4xf32>
  %x5 = tensor.expand_shape %r0 [[0], [1, 2], [3], [4]] output_shape [1, 2, 2, 4, 4] : tensor<1x4x4x4xf32> into tensor<1x2x2x4x4xf32>
  %p = tensor.pad %x5 low[0, 0, 0, 1, 1] high[0, 0, 0, 1, 1] {
  ^bb0(%a0: index, %b0: index, %c1: index, %d: index, %dd: index):
    tensor.yield %zero : f32
  } : tensor<1x2x2x4x4xf32> to tensor<1x2x2x6x6xf32>
  %c5 = linalg.conv_2d_ngchw_gfchw ins(%p, %w : tensor<1x2x2x6x6xf32>, tensor<2x2x2x3x3xf32>) outs(%i5 : tensor<1x2x2x4x4xf32>) -> tensor<1x2x2x4x4xf32>
  %c = tensor.collapse_shape %c5 [[0], [1, 2], [3], [4]] : tensor<1x2x2x4x4xf32> into tensor<1x4x4x4xf32>
  %s = linalg.generic {indexing_maps = [#id, #channel, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%c, %scale : tensor<1x4x4x4xf32>, tensor<4xf32>) outs(%e : tensor<1x4x4x4xf32>) {
  ^bb0(%a: f32, %k: f32, %o: f32):
    %m = arith.mulf %a, %k : f32
    linalg.yield %m : f32
  } -> tensor<1x4x4x4xf32>
  %sb = linalg.generic {indexing_maps = [#id, #channel, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%s, %scale : tensor<1x4x4x4xf32>, tensor<4xf32>) outs(%e : tensor<1x4x4x4xf32>) {
  ^bb0(%a: f32, %k: f32, %o: f32):
    %m = arith.addf %a, %k : f32
    linalg.yield %m : f32
  } -> tensor<1x4x4x4xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%sb : tensor<1x4x4x4xf32>) outs(%e : tensor<1x4x4x4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %m = arith.maximumf %a, %zero : f32
    linalg.yield %m : f32
  } -> tensor<1x4x4x4xf32>
  %win = tensor.empty() : tensor<4x4xf32>
  %ep = tensor.empty() : tensor<1x4x1x1xf32>
  %ip = linalg.fill ins(%zero : f32) outs(%ep : tensor<1x4x1x1xf32>) -> tensor<1x4x1x1xf32>
  %pool = linalg.pooling_nchw_sum ins(%r, %win : tensor<1x4x4x4xf32>, tensor<4x4xf32>) outs(%ip : tensor<1x4x1x1xf32>) -> tensor<1x4x1x1xf32>
  %flat = tensor.collapse_shape %pool [[0], [1, 2, 3]] : tensor<1x4x1x1xf32> into tensor<1x4xf32>
  %ef = tensor.empty() : tensor<1x4xf32>
  %if = linalg.broadcast ins(%b : tensor<4xf32>) outs(%ef : tensor<1x4xf32>) dimensions = [0]
  %mm = linalg.matmul ins(%flat, %fc : tensor<1x4xf32>, tensor<4x4xf32>) outs(%if : tensor<1x4xf32>) -> tensor<1x4xf32>
  %rr = linalg.exp ins(%mm : tensor<1x4xf32>) outs(%ef : tensor<1x4xf32>) -> tensor<1x4xf32>
  return %rr : tensor<1x4xf32>
}
