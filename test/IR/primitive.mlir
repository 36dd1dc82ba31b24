// RUN: convopt-opt %s | convopt-opt | FileCheck %s

// CHECK: convopt.pinned, convopt.primitive = #convopt.primitive<direct variant = "6x4" in = nhwc out = nhwc ns = 471000>
// CHECK: convopt.pinned, convopt.primitive = #convopt.primitive<winograd_f4x4_3x3>
// CHECK: #convopt.primitive<toom_cook_10 variant = "7x2l8s14c2p" in = nchw out = nhwc strip = 14 unroll = 3 lanes = 8 columns = 2 ns = 1>
func.func @conv(%i: tensor<1x64x58x58xf32>, %f: tensor<64x64x3x3xf32>, %o: tensor<1x64x56x56xf32>) -> (tensor<1x64x56x56xf32>, tensor<1x64x56x56xf32>, tensor<1x64x56x56xf32>) {
  %0 = linalg.conv_2d_nchw_fchw {convopt.pinned, convopt.primitive = #convopt.primitive<direct variant = "6x4" in = nhwc out = nhwc ns = 471000>}
    ins(%i, %f : tensor<1x64x58x58xf32>, tensor<64x64x3x3xf32>) outs(%o : tensor<1x64x56x56xf32>) -> tensor<1x64x56x56xf32>
  %1 = linalg.conv_2d_nchw_fchw {convopt.pinned, convopt.primitive = #convopt.primitive<winograd_f4x4_3x3>}
    ins(%i, %f : tensor<1x64x58x58xf32>, tensor<64x64x3x3xf32>) outs(%o : tensor<1x64x56x56xf32>) -> tensor<1x64x56x56xf32>
  %2 = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<toom_cook_10 variant = "7x2l8s14c2p" in = nchw out = nhwc strip = 14 unroll = 3 lanes = 8 columns = 2 ns = 1>}
    ins(%i, %f : tensor<1x64x58x58xf32>, tensor<64x64x3x3xf32>) outs(%o : tensor<1x64x56x56xf32>) -> tensor<1x64x56x56xf32>
  return %0, %1, %2 : tensor<1x64x56x56xf32>, tensor<1x64x56x56xf32>, tensor<1x64x56x56xf32>
}
