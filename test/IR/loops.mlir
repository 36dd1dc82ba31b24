// RUN: convopt-opt %s --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func.func @tensors
// CHECK: convopt.loops ins(%{{.+}} : tensor<1xindex>) outs(%{{.+}} : tensor<8xf32>) -> tensor<8xf32> {
// CHECK-NEXT: ^bb0(%{{.+}}: memref<1xindex>, %{{.+}}: memref<8xf32>):
func.func @tensors(%i: tensor<1xindex>, %x: tensor<8xf32>) -> tensor<8xf32> {
  %y = convopt.loops ins(%i : tensor<1xindex>) outs(%x : tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%places: memref<1xindex>, %out: memref<8xf32>):
    %zero = arith.constant 0 : index
    %one = arith.constant 1.0 : f32
    %place = memref.load %places[%zero] : memref<1xindex>
    memref.store %one, %out[%place] : memref<8xf32>
  }
  return %y : tensor<8xf32>
}

// CHECK-LABEL: func.func @memrefs
// CHECK: convopt.loops outs(%{{.+}} : memref<8xf32, strided<[2]>>) {
func.func @memrefs(%x: memref<8xf32, strided<[2]>>) {
  convopt.loops outs(%x : memref<8xf32, strided<[2]>>) {
  ^bb0(%out: memref<8xf32>):
    %zero = arith.constant 0 : index
    %one = arith.constant 1.0 : f32
    memref.store %one, %out[%zero] : memref<8xf32>
  }
  return
}

// -----

func.func @mixed(%x: tensor<2xf32>, %y: memref<2xf32>) {
  // expected-error @+1 {{takes tensors or memrefs, not both}}
  convopt.loops ins(%x : tensor<2xf32>) outs(%y : memref<2xf32>) {
  ^bb0(%in: memref<2xf32>, %out: memref<2xf32>):
  }
  return
}

// -----

func.func @no_result(%x: tensor<2xf32>) {
  // expected-error @+1 {{needs one result for each output tensor}}
  convopt.loops outs(%x : tensor<2xf32>) {
  ^bb0(%out: memref<2xf32>):
  }
  return
}

// -----

func.func @arguments(%x: memref<2xf32>) {
  // expected-error @+1 {{needs one argument of its body for each operand}}
  convopt.loops outs(%x : memref<2xf32>) {
  ^bb0(%out: memref<2xf32>, %more: memref<2xf32>):
  }
  return
}

// -----

func.func @types(%x: memref<2xf32>) {
  // expected-error @+1 {{hands 'memref<2xf32>' to its body as 'memref<3xf32>'}}
  convopt.loops outs(%x : memref<2xf32>) {
  ^bb0(%out: memref<3xf32>):
  }
  return
}

// -----

func.func @open(%x: memref<?xf32>) {
  // expected-error @+1 {{takes static shapes, not 'memref<?xf32>'}}
  convopt.loops outs(%x : memref<?xf32>) {
  ^bb0(%out: memref<?xf32>):
  }
  return
}
