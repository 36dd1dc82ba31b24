// RUN: convopt-opt %s -convopt-form-kernels | FileCheck %s
// RUN: convopt-opt %s -convopt-form-kernels -convopt-bufferize -canonicalize -convopt-dense-launch-operands | FileCheck %s --check-prefix=BUFFERS

// A convolution writes its part of a concatenation itself; what the function
// was given is copied, and so is what somebody else reads.

// CHECK:      convopt.kernel @[[PART:conv_pointwise_[0-9a-f]+_at2]]({{.*}}) -> tensor<1x10x8x8xf32>
// CHECK:        %[[WHOLE:.*]] = tensor.empty() : tensor<1x10x8x8xf32>
// CHECK:        %[[R:.*]] = tensor.insert_slice %{{.*}} into %[[WHOLE]][0, 2, 0, 0] [1, 4, 8, 8] [1, 1, 1, 1]
// CHECK:        convopt.yield %[[R]]
// CHECK-NOT:  tensor.concat
// CHECK:      func.func @main(%[[X:.*]]: tensor<1x2x8x8xf32>, %{{.*}}: tensor<4x2x1x1xf32>, %{{.*}}: tensor
// CHECK-DAG:    %[[READ:.*]] = convopt.launch @[[CONV:conv_pointwise_[0-9a-f]+]] ins(%[[X]],
// CHECK-DAG:    %[[E:.*]] = tensor.empty() : tensor<1x10x8x8xf32>
// CHECK:        %[[C1:.*]] = convopt.launch @[[PART]] ins(%[[X]], {{.*}} outs(%[[E]] :
// CHECK:        %[[C2:.*]] = convopt.launch @copy_at0 ins(%[[X]] {{.*}} outs(%[[C1]] :
// CHECK:        %[[C3:.*]] = convopt.launch @copy_at6 ins(%[[READ]] {{.*}} outs(%[[C2]] :
// CHECK:        return %[[C3]], %[[READ]]

// One buffer, of which each kernel is given the first element of its part.
// BUFFERS:      func.func @main
// BUFFERS-NOT:    memref.copy
// BUFFERS:        %[[WHOLE:.*]] = memref.alloc() {{.*}} : memref<1x10x8x8xf32>
// BUFFERS:        memref.reinterpret_cast %[[WHOLE]] to offset: [128], sizes: [1, 10, 8, 8]
// BUFFERS:        convopt.launch @conv_pointwise_{{[0-9a-f]+}}_at2
// BUFFERS:        memref.reinterpret_cast %[[WHOLE]] to offset: [0]
// BUFFERS:        convopt.launch @copy_at0
// BUFFERS:        memref.reinterpret_cast %[[WHOLE]] to offset: [384]
// BUFFERS:        convopt.launch @copy_at6
// BUFFERS-NOT:    memref.copy
func.func @main(%x: tensor<1x2x8x8xf32>, %w: tensor<4x2x1x1xf32>, %w2: tensor<4x2x1x1xf32>) -> (tensor<1x10x8x8xf32>, tensor<1x4x8x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x4x8x8xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%e : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %read = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<pointwise variant = "6x4">} ins(%x, %w : tensor<1x2x8x8xf32>, tensor<4x2x1x1xf32>) outs(%fill : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %own = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<pointwise variant = "6x4">} ins(%x, %w2 : tensor<1x2x8x8xf32>, tensor<4x2x1x1xf32>) outs(%fill : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %all = tensor.concat dim(1) %x, %own, %read : (tensor<1x2x8x8xf32>, tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>) -> tensor<1x10x8x8xf32>
  return %all, %read : tensor<1x10x8x8xf32>, tensor<1x4x8x8xf32>
}
