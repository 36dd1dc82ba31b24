// A grouped convolution whose image is padded, and whose bias is broadcast,
// before channels are parted: its kernel takes both.
// RUN: convopt-opt %s -convopt-sink-reshapes | FileCheck %s
// RUN: convopt-opt %s -convopt-normalise -convopt-form-kernels | FileCheck %s --check-prefix=KERNELS

// CHECK-LABEL: func.func @grouped(
// CHECK-SAME:    %[[X:.*]]: tensor<1x4x4x4xf32>
// CHECK-DAG:     %[[E:.*]] = tensor.expand_shape %[[X]] {{.*}} into tensor<1x2x2x4x4xf32>
// CHECK-DAG:     %[[P:.*]] = tensor.pad %[[E]] low[0, 0, 0, 1, 1] high[0, 0, 0, 1, 1]
// CHECK-DAG:     %[[K:.*]] = arith.constant dense<{{.*}}> : tensor<2x2xf32>
// CHECK-DAG:     %[[B:.*]] = linalg.broadcast ins(%[[K]] : tensor<2x2xf32>) outs(%{{.*}} : tensor<1x2x2x4x4xf32>) dimensions = [0, 3, 4]
// CHECK:         linalg.conv_2d_ngchw_gfchw ins(%[[P]], %{{.*}} outs(%[[B]]

// KERNELS:       convopt.kernel
// KERNELS-NOT:   convopt.kernel
// KERNELS-LABEL: func.func @grouped(
func.func @grouped(%x: tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %w = arith.constant dense<2.0> : tensor<2x2x2x3x3xf32>
  %b = arith.constant dense<[1.,2.,3.,4.]> : tensor<4xf32>
  %e = tensor.empty() : tensor<1x4x4x4xf32>
  %p = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<1x4x4x4xf32> to tensor<1x4x6x6xf32>
  %i4 = linalg.broadcast ins(%b : tensor<4xf32>) outs(%e : tensor<1x4x4x4xf32>) dimensions = [0, 2, 3]
  %x5 = tensor.expand_shape %p [[0], [1, 2], [3], [4]] output_shape [1, 2, 2, 6, 6] : tensor<1x4x6x6xf32> into tensor<1x2x2x6x6xf32>
  %i5 = tensor.expand_shape %i4 [[0], [1, 2], [3], [4]] output_shape [1, 2, 2, 4, 4] : tensor<1x4x4x4xf32> into tensor<1x2x2x4x4xf32>
  %c5 = linalg.conv_2d_ngchw_gfchw ins(%x5, %w : tensor<1x2x2x6x6xf32>, tensor<2x2x2x3x3xf32>) outs(%i5 : tensor<1x2x2x4x4xf32>) -> tensor<1x2x2x4x4xf32>
  %c = tensor.collapse_shape %c5 [[0], [1, 2], [3], [4]] : tensor<1x2x2x4x4xf32> into tensor<1x4x4x4xf32>
  return %c : tensor<1x4x4x4xf32>
}

// What is both padded and parted stays.
// CHECK-LABEL: func.func @padded_channels(
// CHECK:         tensor.pad
// CHECK:         tensor.expand_shape
func.func @padded_channels(%x: tensor<1x3x4x4xf32>) -> tensor<1x2x2x4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 0, 0] high[0, 1, 0, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<1x3x4x4xf32> to tensor<1x4x4x4xf32>
  %x5 = tensor.expand_shape %p [[0], [1, 2], [3], [4]] output_shape [1, 2, 2, 4, 4] : tensor<1x4x4x4xf32> into tensor<1x2x2x4x4xf32>
  return %x5 : tensor<1x2x2x4x4xf32>
}
