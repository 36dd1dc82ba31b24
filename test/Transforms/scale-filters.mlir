// RUN: convopt-opt %s -convopt-form-kernels -convopt-pack-filters=target=x86-64 -convopt-scale-filters=target=x86-64 | FileCheck %s

// A factor for each channel of a large image becomes one of a small filter,
// packed here as [blocks][channels][8 output channels].

// CHECK:       convopt.kernel @scale_1x3x8(%[[P:.*]]: tensor<24xf32>, %[[S:.*]]: tensor<3xf32>) -> tensor<24xf32>
// CHECK:         %[[CUBE:.*]] = tensor.expand_shape %[[P]] {{.*}} into tensor<1x3x8xf32>
// CHECK:         linalg.generic {{.*}} ins(%[[CUBE]], %[[S]] :
// CHECK:         arith.mulf
// CHECK-LABEL: func.func @large(
// CHECK-SAME:    %[[X:.*]]: tensor<1x512x512x3xf32>, %[[S:.*]]: tensor<1x1x1x3xf32>)
// CHECK:         %[[F:.*]] = arith.constant dense_resource<packed_filter
// CHECK:         %[[C:.*]] = tensor.collapse_shape %[[S]]
// CHECK:         %[[SCALED:.*]] = convopt.launch @scale_1x3x8 ins(%[[F]], %[[C]] :
// CHECK:         %[[R:.*]] = convopt.launch @conv_pointwise_{{[0-9a-f]+}} ins(%[[X]], %[[SCALED]] :
// CHECK-NEXT:    return %[[R]]
func.func @large(%x: tensor<1x512x512x3xf32>, %s: tensor<1x1x1x3xf32>) -> tensor<1x512x512x2xf32> {
  %filter = arith.constant dense<[[[[1., 2.], [11., 12.], [21., 22.]]]]> : tensor<1x1x3x2xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x512x512x3xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(n, h, w, c) -> (n, h, w, c)>, affine_map<(n, h, w, c) -> (0, 0, 0, c)>, affine_map<(n, h, w, c) -> (n, h, w, c)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %s : tensor<1x512x512x3xf32>, tensor<1x1x1x3xf32>) outs(%e : tensor<1x512x512x3xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.mulf %a, %b : f32
    linalg.yield %p : f32
  } -> tensor<1x512x512x3xf32>
  %e2 = tensor.empty() : tensor<1x512x512x2xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e2 : tensor<1x512x512x2xf32>) -> tensor<1x512x512x2xf32>
  %r = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<pointwise in = nhwc out = nhwc>} ins(%y, %filter : tensor<1x512x512x3xf32>, tensor<1x1x3x2xf32>) outs(%i : tensor<1x512x512x2xf32>) -> tensor<1x512x512x2xf32>
  return %r : tensor<1x512x512x2xf32>
}

// A small image is cheaper to scale than the filter.

// CHECK-LABEL: func.func @small(
// CHECK:         %[[Y:.*]] = convopt.launch @elementwise_
// CHECK:         convopt.launch @conv_pointwise_{{[0-9a-f]+}} ins(%[[Y]], %cst :
func.func @small(%x: tensor<1x1x2x3xf32>, %s: tensor<1x1x1x3xf32>) -> tensor<1x1x2x2xf32> {
  %filter = arith.constant dense<[[[[1., 2.], [11., 12.], [21., 22.]]]]> : tensor<1x1x3x2xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x1x2x3xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(n, h, w, c) -> (n, h, w, c)>, affine_map<(n, h, w, c) -> (0, 0, 0, c)>, affine_map<(n, h, w, c) -> (n, h, w, c)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %s : tensor<1x1x2x3xf32>, tensor<1x1x1x3xf32>) outs(%e : tensor<1x1x2x3xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.mulf %a, %b : f32
    linalg.yield %p : f32
  } -> tensor<1x1x2x3xf32>
  %e2 = tensor.empty() : tensor<1x1x2x2xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e2 : tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  %r = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<pointwise in = nhwc out = nhwc>} ins(%y, %filter : tensor<1x1x2x3xf32>, tensor<1x1x3x2xf32>) outs(%i : tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  return %r : tensor<1x1x2x2xf32>
}

// What something else reads too has to be written.

// CHECK-LABEL: func.func @shared(
// CHECK:         convopt.launch @elementwise_
// CHECK-NOT:     @scale_
// CHECK:         return
func.func @shared(%x: tensor<1x512x512x3xf32>, %s: tensor<1x1x1x3xf32>) -> (tensor<1x512x512x2xf32>, tensor<1x512x512x3xf32>) {
  %filter = arith.constant dense<[[[[1., 2.], [11., 12.], [21., 22.]]]]> : tensor<1x1x3x2xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x512x512x3xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(n, h, w, c) -> (n, h, w, c)>, affine_map<(n, h, w, c) -> (0, 0, 0, c)>, affine_map<(n, h, w, c) -> (n, h, w, c)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %s : tensor<1x512x512x3xf32>, tensor<1x1x1x3xf32>) outs(%e : tensor<1x512x512x3xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.mulf %a, %b : f32
    linalg.yield %p : f32
  } -> tensor<1x512x512x3xf32>
  %e2 = tensor.empty() : tensor<1x512x512x2xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e2 : tensor<1x512x512x2xf32>) -> tensor<1x512x512x2xf32>
  %r = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<pointwise in = nhwc out = nhwc>} ins(%y, %filter : tensor<1x512x512x3xf32>, tensor<1x1x3x2xf32>) outs(%i : tensor<1x512x512x2xf32>) -> tensor<1x512x512x2xf32>
  return %r, %y : tensor<1x512x512x2xf32>, tensor<1x512x512x3xf32>
}
