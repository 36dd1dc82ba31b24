// An annotation that leaves layouts open means those of the convolution for
// whoever reads it: the filter is packed as the kernel reads it.

// RUN: convopt-opt %s -convopt-form-kernels -convopt-pack-filters=target=x86-64 -o %t.mlir
// RUN: FileCheck %s < %t.mlir
// RUN: convopt-kernels %t.mlir --target=x86-64 -o %t.o

// Five vectors of output channels for each of 16 of the input; tiles of NCHW
// would hold 48.
// CHECK:      convopt.kernel @conv_pointwise_{{[0-9a-f]+}}(%{{.*}}: tensor<1x8x8x16xf32>, %{{.*}}: tensor<[[SIZE:640]]xf32>)
// CHECK:        #convopt.primitive<pointwise variant = "{{[0-9x]+}}" in = nhwc out = nhwc strip = {{[0-9]+}} unroll = 4 lanes = 8>
// CHECK:      arith.constant dense_resource<packed_filter> : tensor<[[SIZE]]xf32>
func.func @main(%x: tensor<1x8x8x16xf32>) -> tensor<1x8x8x40xf32> {
  %f = arith.constant dense<0.5> : tensor<1x1x16x40xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x8x8x40xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x8x8x40xf32>) -> tensor<1x8x8x40xf32>
  %r = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<pointwise>}
      ins(%x, %f : tensor<1x8x8x16xf32>, tensor<1x1x16x40xf32>) outs(%i : tensor<1x8x8x40xf32>) -> tensor<1x8x8x40xf32>
  return %r : tensor<1x8x8x40xf32>
}
