// RUN: convopt-opt %s -cse -convopt-unshare-pads | FileCheck %s

// One padding for each convolution, though they are equal.
// CHECK:     %[[P:.*]] = tensor.pad
// CHECK:     linalg.conv_2d_nchw_fchw ins(%[[P]],
// CHECK:     %[[Q:.*]] = tensor.pad
// CHECK:     linalg.conv_2d_nchw_fchw ins(%[[Q]],
// CHECK-NOT: tensor.pad
func.func @main(%x: tensor<1x4x8x8xf32>, %f: tensor<4x4x3x3xf32>, %g: tensor<4x4x3x3xf32>, %i: tensor<1x4x8x8xf32>) -> (tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%a: index, %b: index, %c: index, %d: index):
    tensor.yield %zero : f32
  } : tensor<1x4x8x8xf32> to tensor<1x4x10x10xf32>
  %q = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%a: index, %b: index, %c: index, %d: index):
    tensor.yield %zero : f32
  } : tensor<1x4x8x8xf32> to tensor<1x4x10x10xf32>
  %u = linalg.conv_2d_nchw_fchw ins(%p, %f : tensor<1x4x10x10xf32>, tensor<4x4x3x3xf32>) outs(%i : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %v = linalg.conv_2d_nchw_fchw ins(%q, %g : tensor<1x4x10x10xf32>, tensor<4x4x3x3xf32>) outs(%i : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  return %u, %v : tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>
}
