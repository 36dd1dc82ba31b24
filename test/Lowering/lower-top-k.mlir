// The values are checked in test/operators; here: that nothing is allocated, and what decides.
// RUN: convopt-opt %s --convopt-bufferize --canonicalize | FileCheck %s --check-prefix=BUFFERS
// RUN: convopt-opt %s --convopt-bufferize --convopt-lower-top-k | FileCheck %s

// BUFFERS-LABEL: func.func @largest
// BUFFERS-DAG: memref.alloc() {{.*}}: memref<2x3xf32>
// BUFFERS-DAG: memref.alloc() {{.*}}: memref<2x3xi64>
// BUFFERS-NOT: memref.copy
// BUFFERS: convopt.top_k %{{.+}} into %{{.+}}, %{{.+}} : memref<2x99xf32> into
// BUFFERS-NOT: memref.copy
// BUFFERS: return

// CHECK-LABEL: func.func @largest
// CHECK-COUNT-2: memref.alloc()
// CHECK-NOT: memref.alloc
// CHECK-NOT: convopt.top_k
// A NaN in the heap gives way, one that is offered does not get in.
// CHECK: arith.cmpf ugt
// CHECK: arith.cmpf ord
// CHECK-NOT: memref.alloc
// CHECK: return
func.func @largest(%x: tensor<2x99xf32>) -> (tensor<2x3xf32>, tensor<2x3xi64>) {
  %v = tensor.empty() : tensor<2x3xf32>
  %p = tensor.empty() : tensor<2x3xi64>
  %y:2 = convopt.top_k %x into %v, %p : tensor<2x99xf32> into tensor<2x3xf32>, tensor<2x3xi64> -> tensor<2x3xf32>, tensor<2x3xi64>
  return %y#0, %y#1 : tensor<2x3xf32>, tensor<2x3xi64>
}

// CHECK-LABEL: func.func @smallest_unsigned
// CHECK: arith.cmpi ult
// CHECK-NOT: arith.cmpi ugt
// CHECK: return
func.func @smallest_unsigned(%x: tensor<1x40xi8>) -> (tensor<1x2xi8>, tensor<1x2xi64>) {
  %v = tensor.empty() : tensor<1x2xi8>
  %p = tensor.empty() : tensor<1x2xi64>
  %y:2 = convopt.top_k %x into %v, %p {smallest, is_unsigned} : tensor<1x40xi8> into tensor<1x2xi8>, tensor<1x2xi64> -> tensor<1x2xi8>, tensor<1x2xi64>
  return %y#0, %y#1 : tensor<1x2xi8>, tensor<1x2xi64>
}
