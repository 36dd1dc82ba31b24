// RUN: convopt-opt %s -convopt-scale-narrow-weights | FileCheck %s

// Each output channel has a scale, the 127th part of its largest weight; what
// stood in the initial value is added behind it. The filter [k][c] is
// 127 -63.5, 1 0.1 and 0 0. (42FE0000 is 127, 42800000 is 64, 41500000 is 13;
// -63.5 is rounded to the even -64.)

// CHECK-DAG:   #[[$WHOLE:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// CHECK-DAG:   #[[$CHANNEL:.*]] = affine_map<(d0, d1, d2, d3) -> (0, d1)>
// CHECK-DAG:   #[[$GROUPED:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d1, d2)>
// CHECK-LABEL: func.func @added(
// CHECK-SAME:    %[[X:.*]]: tensor<1x2x4x4xf32>, %[[INIT:.*]]: tensor<1x3x4x4xf32>)
// CHECK-DAG:     %[[F:.*]] = arith.constant dense_resource<w8_filter> : tensor<3x2x1x1xf32>
// CHECK:         %[[ZERO:.*]] = linalg.fill
// CHECK:         %[[SUMS:.*]] = linalg.conv_2d_nchw_fchw {{.*}} ins(%[[X]], %[[F]] : {{.*}}) outs(%[[ZERO]] :
// CHECK:         %[[S:.*]] = arith.constant dense_resource<w8_scales> : tensor<1x3xf32>
// CHECK:         %[[Y:.*]] = linalg.generic {indexing_maps = [#[[$WHOLE]], #[[$CHANNEL]], #[[$WHOLE]], #[[$WHOLE]]]{{.*}} ins(%[[SUMS]], %[[S]], %[[INIT]] :
// CHECK:         ^bb0(%[[A:.*]]: f32, %[[B:.*]]: f32, %[[C:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT:      %[[P:.*]] = arith.mulf %[[A]], %[[B]]
// CHECK-NEXT:      %[[R:.*]] = arith.addf %[[P]], %[[C]]
// CHECK-NEXT:      linalg.yield %[[R]]
// CHECK:         return %[[Y]]
func.func @added(%x: tensor<1x2x4x4xf32>, %init: tensor<1x3x4x4xf32>) -> tensor<1x3x4x4xf32> {
  %filter = arith.constant dense<[[[[127.]], [[-63.5]]], [[[1.]], [[0.1]]], [[[0.]], [[0.]]]]> : tensor<3x2x1x1xf32>
  %r = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct variant = "6x1-w8">} ins(%x, %filter : tensor<1x2x4x4xf32>, tensor<3x2x1x1xf32>) outs(%init : tensor<1x3x4x4xf32>) -> tensor<1x3x4x4xf32>
  return %r : tensor<1x3x4x4xf32>
}

// The same filter for another convolution is the same constants; a sum that
// starts from zero is scaled and no more.

// CHECK-LABEL: func.func @from_zero(
// CHECK:         arith.constant dense_resource<w8_filter> : tensor<3x2x1x1xf32>
// CHECK:         arith.constant dense_resource<w8_scales> : tensor<1x3xf32>
// CHECK:         linalg.generic {indexing_maps = [#[[$WHOLE]], #[[$CHANNEL]], #[[$WHOLE]]]
// CHECK:           arith.mulf
// CHECK-NEXT:      linalg.yield
func.func @from_zero(%x: tensor<1x2x8x8xf32>) -> tensor<1x3x8x8xf32> {
  %filter = arith.constant dense<[[[[127.]], [[-63.5]]], [[[1.]], [[0.1]]], [[[0.]], [[0.]]]]> : tensor<3x2x1x1xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x3x8x8xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x3x8x8xf32>) -> tensor<1x3x8x8xf32>
  %r = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct variant = "6x1-w8">} ins(%x, %filter : tensor<1x2x8x8xf32>, tensor<3x2x1x1xf32>) outs(%i : tensor<1x3x8x8xf32>) -> tensor<1x3x8x8xf32>
  return %r : tensor<1x3x8x8xf32>
}

// Groups have channels of their own. The filter is 2 and -2, 4 and 1.

// CHECK-LABEL: func.func @groups(
// CHECK:         arith.constant dense_resource<w8_filter_1> : tensor<2x1x2x1x1xf32>
// CHECK:         arith.constant dense_resource<w8_scales_1> : tensor<2x1xf32>
// CHECK:         linalg.generic {indexing_maps = [#{{.*}}, #[[$GROUPED]], #{{.*}}]
func.func @groups(%x: tensor<1x2x2x4x4xf32>) -> tensor<1x2x1x4x4xf32> {
  %filter = arith.constant dense<[[[[[2.]], [[-2.]]]], [[[[4.]], [[1.]]]]]> : tensor<2x1x2x1x1xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x2x1x4x4xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x2x1x4x4xf32>) -> tensor<1x2x1x4x4xf32>
  %r = linalg.conv_2d_ngchw_gfchw {convopt.primitive = #convopt.primitive<direct variant = "6x1-w8">} ins(%x, %filter : tensor<1x2x2x4x4xf32>, tensor<2x1x2x1x1xf32>) outs(%i : tensor<1x2x1x4x4xf32>) -> tensor<1x2x1x4x4xf32>
  return %r : tensor<1x2x1x4x4xf32>
}

// Halves have exponents for a channel of 0.5; one whose largest weight is 1e-5
// or 1000 gets a power of two, 2^-16 or 1024, and no other numbers than before
// but for that. One of zeros gets none.

// CHECK-LABEL: func.func @halves(
// CHECK:         arith.constant dense_resource<w16_filter> : tensor<4x2x1x1xf32>
// CHECK:         arith.constant dense_resource<w16_scales> : tensor<1x4xf32>
// CHECK:         linalg.generic {indexing_maps = [#[[$WHOLE]], #[[$CHANNEL]], #[[$WHOLE]], #[[$WHOLE]]]
// CHECK:           arith.mulf
// CHECK-NEXT:      arith.addf
func.func @halves(%x: tensor<1x2x4x4xf32>, %init: tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32> {
  %filter = arith.constant dense<[[[[0.5]], [[1.e-6]]], [[[1.e-5]], [[-1.e-7]]], [[[0.]], [[0.]]], [[[2.]], [[-1000.]]]]> : tensor<4x2x1x1xf32>
  %r = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct variant = "6x1-w16">} ins(%x, %filter : tensor<1x2x4x4xf32>, tensor<4x2x1x1xf32>) outs(%init : tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32>
  return %r : tensor<1x4x4x4xf32>
}

// Halves of the usual size need no scale, and a filter that is none cannot get
// one.

// CHECK-LABEL: func.func @others(
// CHECK-NOT:     linalg.generic
// CHECK:         return
func.func @others(%x: tensor<1x2x4x4xf32>, %init: tensor<1x3x4x4xf32>, %w: tensor<3x2x1x1xf32>) -> (tensor<1x3x4x4xf32>, tensor<1x3x4x4xf32>) {
  %filter = arith.constant dense<[[[[127.]], [[-63.5]]], [[[1.]], [[0.1]]], [[[0.]], [[0.]]]]> : tensor<3x2x1x1xf32>
  %a = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct variant = "6x1-w16">} ins(%x, %filter : tensor<1x2x4x4xf32>, tensor<3x2x1x1xf32>) outs(%init : tensor<1x3x4x4xf32>) -> tensor<1x3x4x4xf32>
  %b = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct variant = "6x1-w8">} ins(%x, %w : tensor<1x2x4x4xf32>, tensor<3x2x1x1xf32>) outs(%init : tensor<1x3x4x4xf32>) -> tensor<1x3x4x4xf32>
  return %a, %b : tensor<1x3x4x4xf32>, tensor<1x3x4x4xf32>
}

// CHECK:      w8_filter: "0x040000000000FE42000080C20000FE42000050410000000000000000"
// CHECK-NEXT: w8_scales: "0x040000000000803F0402013C00000000"
// CHECK-NEXT: w8_filter_1: "0x040000000000FE420000FEC20000FE4200000042"
// CHECK-NEXT: w8_scales_1: "0x040000000402813C0402013D"
// CHECK-NEXT: w16_filter: "0x040000000000003FBD378635ACC5273F95BFD6BB00000000000000000000003B00007ABF"
// CHECK-NEXT: w16_scales: "0x040000000000803F000080370000803F00008044"
