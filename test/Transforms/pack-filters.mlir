// RUN: convopt-opt %s -pass-pipeline='builtin.module(func.func(convopt-assign-layouts),convopt-form-kernels,convopt-pack-filters{target=x86-64})' | FileCheck %s

// The filter is packed as [rows][columns][channels in][channels out, filled to
// 8] whatever order the operand has: element k, c, s is 100 k + 10 c + s + 1.

// CHECK:      convopt.kernel @[[NCHW:conv_direct_[0-9a-f]+]](%{{.*}}: tensor<1x3x4x5xf32>, %[[P:.*]]: tensor<48xf32>)
// CHECK:        %[[F:.*]] = convopt.filter %[[P]] : tensor<48xf32> to tensor<2x3x1x2xf32>
// CHECK:        linalg.generic {{.*}} ins(%{{.*}}, %[[F]] :
// What was left open is filled in.
// CHECK-SAME:   #convopt.primitive<direct variant = "8x1" in = nchw out = nhwc strip = 4 unroll = 3 lanes = 8>
// CHECK:      convopt.kernel @[[NHWC:conv_direct_[0-9a-f]+]](%{{.*}}: tensor<1x4x5x3xf32>, %[[P:.*]]: tensor<48xf32>)
// CHECK:        %[[F:.*]] = convopt.filter %[[P]] : tensor<48xf32> to tensor<1x2x3x2xf32>
// CHECK:      func.func @main
// CHECK:        %[[B:.*]] = arith.constant dense_resource<packed_filter_1> : tensor<48xf32>
// CHECK:        %[[A:.*]] = arith.constant dense_resource<packed_filter> : tensor<48xf32>
// CHECK-NOT:    arith.constant
// CHECK:        convopt.launch @[[NCHW]] ins(%{{.*}}, %[[A]] :
// CHECK:        convopt.launch @[[NCHW]] ins(%{{.*}}, %[[A]] :
// CHECK:        convopt.launch @[[NHWC]] ins(%{{.*}}, %[[B]] :
// CHECK:      packed_filter{{.*}}: "0x04000000
// CHECK-SAME:   [[DATA:0000803F0000CA420{48}000030410000DE420{48}0000A8410000F2420{48}000000400000CC420{48}000040410000E0420{48}0000B0410000F4420{48}]]"
// CHECK:      packed_filter{{.*}}: "0x04000000[[DATA]]"
func.func @main(%x: tensor<1x3x4x5xf32>, %y: tensor<1x3x4x5xf32>, %z: tensor<1x4x5x3xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x4x4x2xf32>) {
  %zero = arith.constant 0.0 : f32
  %fchw = arith.constant dense<[[[[1., 2.]], [[11., 12.]], [[21., 22.]]], [[[101., 102.]], [[111., 112.]], [[121., 122.]]]]> : tensor<2x3x1x2xf32>
  %again = arith.constant dense<[[[[1., 2.]], [[11., 12.]], [[21., 22.]]], [[[101., 102.]], [[111., 112.]], [[121., 122.]]]]> : tensor<2x3x1x2xf32>
  %hwcf = arith.constant dense<[[[[1., 101.], [11., 111.], [21., 121.]], [[2., 102.], [12., 112.], [22., 122.]]]]> : tensor<1x2x3x2xf32>
  %e = tensor.empty() : tensor<1x2x4x4xf32>
  %e2 = tensor.empty() : tensor<1x4x4x2xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %i2 = linalg.fill ins(%zero : f32) outs(%e2 : tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %a = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct out = nhwc>} ins(%x, %fchw : tensor<1x3x4x5xf32>, tensor<2x3x1x2xf32>) outs(%i : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %b = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct out = nhwc>} ins(%y, %again : tensor<1x3x4x5xf32>, tensor<2x3x1x2xf32>) outs(%i : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %c = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<direct in = nhwc out = nhwc>} ins(%z, %hwcf : tensor<1x4x5x3xf32>, tensor<1x2x3x2xf32>) outs(%i2 : tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  return %a, %b, %c : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x4x4x2xf32>
}
