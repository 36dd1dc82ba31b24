// RUN: rm -rf %t && split-file %s %t
// RUN: not convopt-kernels %t/unpacked.mlir -o %t/none 2>&1 | FileCheck --check-prefix=UNPACKED %s
// RUN: not convopt-kernels %t/packed.mlir -o %t/none 2>&1 | FileCheck --check-prefix=PACKED %s
// RUN: not convopt-kernels %t/variant.mlir --target=x86-64 -o %t/none 2>&1 | FileCheck --check-prefix=VARIANT %s
// RUN: not convopt-kernels %t/operation.mlir -o %t/none 2>&1 | FileCheck --check-prefix=OPERATION %s
// RUN: not ls %t/none

// UNPACKED: error: kernel 'conv': the filter of the convolution is not packed
// VARIANT: error: kernel 'conv': x86-64-v3 has no #convopt.primitive<direct variant = "7x7"> for this convolution
// PACKED: error: kernel 'conv': the filter was packed into 768 elements, pointwise nhwc->nhwc {{[0-9x]+}} reads 640
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
  %r = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct variant = "7x7">}
      ins(%i, %f : tensor<1x16x8x8xf32>, tensor<16x16x3x3xf32>) outs(%e : tensor<1x16x6x6xf32>) -> tensor<1x16x6x6xf32>
  convopt.yield %r : tensor<1x16x6x6xf32>
}

//--- operation.mlir
convopt.kernel @reshape(%i: tensor<6xf32>, %s: tensor<2xi32>) -> tensor<2x3xf32> {
  %r = tensor.reshape %i(%s) : (tensor<6xf32>, tensor<2xi32>) -> tensor<2x3xf32>
  convopt.yield %r : tensor<2x3xf32>
}

//--- packed.mlir
convopt.kernel @conv(%i: tensor<1x8x8x16xf32>, %p: tensor<768xf32>) -> tensor<1x8x8x40xf32> {
  %f = convopt.filter %p : tensor<768xf32> to tensor<1x1x16x40xf32>
  %e = tensor.empty() : tensor<1x8x8x40xf32>
  %r = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<pointwise>}
      ins(%i, %f : tensor<1x8x8x16xf32>, tensor<1x1x16x40xf32>) outs(%e : tensor<1x8x8x40xf32>) -> tensor<1x8x8x40xf32>
  convopt.yield %r : tensor<1x8x8x40xf32>
}
