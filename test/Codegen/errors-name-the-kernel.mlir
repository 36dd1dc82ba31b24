// RUN: split-file %s %t
// RUN: not convopt-kernels %t/unpacked.mlir -o %t/none 2>&1 | FileCheck --check-prefix=UNPACKED %s
// RUN: not convopt-kernels %t/variant.mlir -o %t/none 2>&1 | FileCheck --check-prefix=VARIANT %s
// RUN: not convopt-kernels %t/operation.mlir -o %t/none 2>&1 | FileCheck --check-prefix=OPERATION %s
// RUN: not ls %t/none

// UNPACKED: error: kernel 'conv': the filter of the convolution is not packed
// VARIANT: error: kernel 'conv': there is no such way to compute this convolution: #convopt.primitive<direct variant = "0x0">
// OPERATION: error: kernel 'reshape': operation 'tensor.reshape' cannot stand in a kernel

//--- unpacked.mlir
convopt.kernel @conv(%i: tensor<1x16x8x8xf32>, %f: tensor<16x16x3x3xf32>) -> tensor<1x16x6x6xf32> {
  %e = tensor.empty() : tensor<1x16x6x6xf32>
  %r = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct>}
      ins(%i, %f : tensor<1x16x8x8xf32>, tensor<16x16x3x3xf32>) outs(%e : tensor<1x16x6x6xf32>) -> tensor<1x16x6x6xf32>
  convopt.yield %r : tensor<1x16x6x6xf32>
}

//--- variant.mlir
convopt.kernel @conv(%i: tensor<1x16x8x8xf32>, %f: tensor<16x16x3x3xf32>) -> tensor<1x16x6x6xf32> {
  %e = tensor.empty() : tensor<1x16x6x6xf32>
  %r = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct variant = "0x0">}
      ins(%i, %f : tensor<1x16x8x8xf32>, tensor<16x16x3x3xf32>) outs(%e : tensor<1x16x6x6xf32>) -> tensor<1x16x6x6xf32>
  convopt.yield %r : tensor<1x16x6x6xf32>
}

//--- operation.mlir
convopt.kernel @reshape(%i: tensor<6xf32>, %s: tensor<2xi32>) -> tensor<2x3xf32> {
  %r = tensor.reshape %i(%s) : (tensor<6xf32>, tensor<2xi32>) -> tensor<2x3xf32>
  convopt.yield %r : tensor<2x3xf32>
}
