// Forms that other front ends have for what the import from ONNX writes in
// another.
// RUN: convopt-opt %s -convopt-simplify-generics -canonicalize | FileCheck %s

// CHECK-DAG: #[[$ALL:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// CHECK-DAG: #[[$NCHW:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1)>
// CHECK-DAG: #[[$NHWC:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d3)>

// A mean over the image: its sum has two dimensions.
// CHECK-LABEL: func.func @global_sum(
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x4x5xf32>
// CHECK:         %[[Z:.*]] = linalg.fill {{.*}} -> tensor<2x3xf32>
// CHECK:         %[[S:.*]] = linalg.generic {indexing_maps = [#[[$ALL]], #[[$NCHW]]], iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%[[X]] : {{.*}}) outs(%[[Z]] :
// CHECK:           arith.addf
// CHECK:         %[[E:.*]] = tensor.expand_shape %[[S]] {{\[\[}}0], [1, 2, 3]]
// CHECK:         return %[[E]]
func.func @global_sum(%x: tensor<2x3x4x5xf32>) -> tensor<2x3x1x1xf32> {
  %zero = arith.constant 0.0 : f32
  %w = tensor.empty() : tensor<4x5xf32>
  %e = tensor.empty() : tensor<2x3x1x1xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<2x3x1x1xf32>) -> tensor<2x3x1x1xf32>
  %y = linalg.pooling_nchw_sum ins(%x, %w : tensor<2x3x4x5xf32>, tensor<4x5xf32>) outs(%z : tensor<2x3x1x1xf32>) -> tensor<2x3x1x1xf32>
  return %y : tensor<2x3x1x1xf32>
}

// CHECK-LABEL: func.func @global_max(
// CHECK:         linalg.generic {indexing_maps = [#[[$ALL]], #[[$NHWC]]], iterator_types = ["parallel", "reduction", "reduction", "parallel"]}
// CHECK:           arith.maximumf
func.func @global_max(%x: tensor<2x4x5x3xf32>) -> tensor<2x1x1x3xf32> {
  %least = arith.constant 0xFF800000 : f32
  %w = tensor.empty() : tensor<4x5xf32>
  %e = tensor.empty() : tensor<2x1x1x3xf32>
  %z = linalg.fill ins(%least : f32) outs(%e : tensor<2x1x1x3xf32>) -> tensor<2x1x1x3xf32>
  %y = linalg.pooling_nhwc_max ins(%x, %w : tensor<2x4x5x3xf32>, tensor<4x5xf32>) outs(%z : tensor<2x1x1x3xf32>) -> tensor<2x1x1x3xf32>
  return %y : tensor<2x1x1x3xf32>
}

// A window that moves, or that leaves out a column, is one of a pooling.
// CHECK-LABEL: func.func @local(
// CHECK-COUNT-2: linalg.pooling_nchw_sum
func.func @local(%x: tensor<2x3x4x5xf32>) -> (tensor<2x3x1x2xf32>, tensor<2x3x1x1xf32>) {
  %zero = arith.constant 0.0 : f32
  %w = tensor.empty() : tensor<4x4xf32>
  %e = tensor.empty() : tensor<2x3x1x2xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<2x3x1x2xf32>) -> tensor<2x3x1x2xf32>
  %y = linalg.pooling_nchw_sum ins(%x, %w : tensor<2x3x4x5xf32>, tensor<4x4xf32>) outs(%z : tensor<2x3x1x2xf32>) -> tensor<2x3x1x2xf32>
  %f = tensor.empty() : tensor<2x3x1x1xf32>
  %g = linalg.fill ins(%zero : f32) outs(%f : tensor<2x3x1x1xf32>) -> tensor<2x3x1x1xf32>
  %v = linalg.pooling_nchw_sum ins(%x, %w : tensor<2x3x4x5xf32>, tensor<4x4xf32>) outs(%g : tensor<2x3x1x1xf32>) -> tensor<2x3x1x1xf32>
  return %y, %v : tensor<2x3x1x2xf32>, tensor<2x3x1x1xf32>
}

// Of six rows a window of one reads the first, third and fifth.
// CHECK-LABEL: func.func @cut(
// CHECK-SAME:    %[[X:.*]]: tensor<1x6x6x3xf32>
// CHECK-NOT:     extract_slice
// CHECK:         linalg.conv_2d_nhwc_hwcf {{.*}} ins(%[[X]],
func.func @cut(%x: tensor<1x6x6x3xf32>, %w: tensor<1x1x3x8xf32>, %z: tensor<1x3x3x8xf32>) -> tensor<1x3x3x8xf32> {
  %s = tensor.extract_slice %x[0, 0, 0, 0] [1, 5, 5, 3] [1, 1, 1, 1] : tensor<1x6x6x3xf32> to tensor<1x5x5x3xf32>
  %y = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%s, %w : tensor<1x5x5x3xf32>, tensor<1x1x3x8xf32>) outs(%z : tensor<1x3x3x8xf32>) -> tensor<1x3x3x8xf32>
  return %y : tensor<1x3x3x8xf32>
}

// Channels that are cut off, and rows before those that are read, are not read
// either, but the rest would be read in their place.
// CHECK-LABEL: func.func @part(
// CHECK-COUNT-2: tensor.extract_slice
func.func @part(%x: tensor<1x6x6x4xf32>, %w: tensor<1x1x3x8xf32>, %z: tensor<1x3x3x8xf32>) -> (tensor<1x3x3x8xf32>, tensor<1x3x3x8xf32>) {
  %s = tensor.extract_slice %x[0, 0, 0, 0] [1, 6, 6, 3] [1, 1, 1, 1] : tensor<1x6x6x4xf32> to tensor<1x6x6x3xf32>
  %y = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%s, %w : tensor<1x6x6x3xf32>, tensor<1x1x3x8xf32>) outs(%z : tensor<1x3x3x8xf32>) -> tensor<1x3x3x8xf32>
  %t = tensor.extract_slice %s[0, 1, 0, 0] [1, 5, 6, 3] [1, 1, 1, 1] : tensor<1x6x6x3xf32> to tensor<1x5x6x3xf32>
  %v = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%t, %w : tensor<1x5x6x3xf32>, tensor<1x1x3x8xf32>) outs(%z : tensor<1x3x3x8xf32>) -> tensor<1x3x3x8xf32>
  return %y, %v : tensor<1x3x3x8xf32>, tensor<1x3x3x8xf32>
}

// With a stride of two a window of three reads one row of padding, above.
// CHECK-LABEL: func.func @padded(
// CHECK:         tensor.pad %{{.*}} low[0, 0, 1, 1] high[0, 0, 0, 0]
// CHECK:         tensor<1x3x6x6xf32> to tensor<1x3x7x7xf32>
func.func @padded(%x: tensor<1x3x6x6xf32>, %w: tensor<8x3x3x3xf32>, %z: tensor<1x8x3x3xf32>) -> tensor<1x8x3x3xf32> {
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%a: index, %b: index, %c: index, %d: index):
    tensor.yield %zero : f32
  } : tensor<1x3x6x6xf32> to tensor<1x3x8x8xf32>
  %y = linalg.conv_2d_nchw_fchw {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%p, %w : tensor<1x3x8x8xf32>, tensor<8x3x3x3xf32>) outs(%z : tensor<1x8x3x3xf32>) -> tensor<1x8x3x3xf32>
  return %y : tensor<1x8x3x3xf32>
}

// CHECK-LABEL: func.func @joined(
// CHECK-SAME:    %[[A:.*]]: tensor<1x2x4xf32>, %[[B:.*]]: tensor<1x3x4xf32>
// CHECK:         %[[C:.*]] = tensor.concat dim(1) %[[A]], %[[B]]
// CHECK-NEXT:    return %[[C]]
func.func @joined(%a: tensor<1x2x4xf32>, %b: tensor<1x3x4xf32>) -> tensor<1x5x4xf32> {
  %e = tensor.empty() : tensor<1x5x4xf32>
  %s = tensor.insert_slice %b into %e[0, 2, 0] [1, 3, 4] [1, 1, 1] : tensor<1x3x4xf32> into tensor<1x5x4xf32>
  %t = tensor.insert_slice %a into %s[0, 0, 0] [1, 2, 4] [1, 1, 1] : tensor<1x2x4xf32> into tensor<1x5x4xf32>
  return %t : tensor<1x5x4xf32>
}

// One row is nobody's.
// CHECK-LABEL: func.func @gap(
// CHECK-COUNT-2: tensor.insert_slice
func.func @gap(%a: tensor<1x2x4xf32>, %b: tensor<1x3x4xf32>) -> tensor<1x6x4xf32> {
  %e = tensor.empty() : tensor<1x6x4xf32>
  %s = tensor.insert_slice %a into %e[0, 0, 0] [1, 2, 4] [1, 1, 1] : tensor<1x2x4xf32> into tensor<1x6x4xf32>
  %t = tensor.insert_slice %b into %s[0, 3, 0] [1, 3, 4] [1, 1, 1] : tensor<1x3x4xf32> into tensor<1x6x4xf32>
  return %t : tensor<1x6x4xf32>
}

// CHECK-LABEL: func.func @batch_of_one(
// CHECK:         linalg.matmul {{.*}} -> tensor<2x4xf32>
func.func @batch_of_one(%a: tensor<1x2x3xf32>, %b: tensor<1x3x4xf32>, %z: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %y = linalg.batch_matmul ins(%a, %b : tensor<1x2x3xf32>, tensor<1x3x4xf32>) outs(%z : tensor<1x2x4xf32>) -> tensor<1x2x4xf32>
  return %y : tensor<1x2x4xf32>
}

// CHECK-LABEL: func.func @batch_of_two(
// CHECK:         linalg.batch_matmul
func.func @batch_of_two(%a: tensor<2x2x3xf32>, %b: tensor<2x3x4xf32>, %z: tensor<2x2x4xf32>) -> tensor<2x2x4xf32> {
  %y = linalg.batch_matmul ins(%a, %b : tensor<2x2x3xf32>, tensor<2x3x4xf32>) outs(%z : tensor<2x2x4xf32>) -> tensor<2x2x4xf32>
  return %y : tensor<2x2x4xf32>
}

// CHECK-LABEL: func.func @one_result_a_channel(
// CHECK:         linalg.depthwise_conv_2d_nhwc_hwc {{.*}} -> tensor<1x4x4x8xf32>
func.func @one_result_a_channel(%x: tensor<1x6x6x8xf32>, %w: tensor<3x3x8x1xf32>, %z: tensor<1x4x4x8x1xf32>) -> tensor<1x4x4x8x1xf32> {
  %y = linalg.depthwise_conv_2d_nhwc_hwcm {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%x, %w : tensor<1x6x6x8xf32>, tensor<3x3x8x1xf32>) outs(%z : tensor<1x4x4x8x1xf32>) -> tensor<1x4x4x8x1xf32>
  return %y : tensor<1x4x4x8x1xf32>
}

// Equal numbers that a convolution adds to.
// CHECK-LABEL: func.func @equal_inits(
// CHECK:         %[[B:.*]] = linalg.fill
// CHECK:         linalg.conv_2d_nchw_fchw {{.*}} outs(%[[B]] :
func.func @equal_inits(%x: tensor<1x3x6x6xf32>, %w: tensor<8x3x3x3xf32>) -> tensor<1x8x4x4xf32> {
  %b = arith.constant dense<0.5> : tensor<1x8x4x4xf32>
  %y = linalg.conv_2d_nchw_fchw {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%x, %w : tensor<1x3x6x6xf32>, tensor<8x3x3x3xf32>) outs(%b : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}
