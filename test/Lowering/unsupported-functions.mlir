// What the steps to memory cannot handle stays as it is, with a remark.
// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-outputs-to-arguments))' 2> %t | FileCheck %s && FileCheck %s --check-prefix=OUTPUTS < %t
// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-plan-memory))' 2> %t | FileCheck %s && FileCheck %s --check-prefix=MEMORY < %t
// RUN: convopt-opt %s --pass-pipeline='builtin.module(convopt-pool-constants)' | FileCheck %s --check-prefixes=DECLARED
// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-dense-launch-operands))' | FileCheck %s
// RUN: convopt-opt %s -convopt-bufferize 2> %t | FileCheck %s && FileCheck %s --check-prefix=BUFFERS < %t
// RUN: convopt-opt %s -convopt-lower-launches 2> %t | FileCheck %s && FileCheck %s --check-prefix=LAUNCHES < %t

// BUFFERS: remark: has no body: no function becomes one of buffers
// BUFFERS: remark: has more than one block: no function becomes one of buffers
// LAUNCHES-COUNT-2: remark: has results: no launch becomes a call
// OUTPUTS: remark: has more than one block and is left as it is
// OUTPUTS: remark: has a result that is no ranked tensor and is left as it is
// MEMORY: remark: has more than one block and is left as it is

// CHECK-LABEL: func.func private @declared(tensor<4xf32>) -> tensor<4xf32>
// DECLARED-LABEL: func.func private @declared(tensor<4xf32>) -> tensor<4xf32>
func.func private @declared(tensor<4xf32>) -> tensor<4xf32>

// CHECK-LABEL: func.func @blocks(%{{.*}}: i1, %{{.*}}: tensor<4xf32>, %{{.*}}: tensor<4xf32>) -> tensor<4xf32>
// CHECK:         cf.cond_br
func.func @blocks(%p: i1, %x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  cf.cond_br %p, ^end(%x : tensor<4xf32>), ^end(%y : tensor<4xf32>)
^end(%r: tensor<4xf32>):
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @scalar(
// CHECK:         return %{{.*}} : f32
func.func @scalar(%a: f32) -> f32 {
  %b = arith.addf %a, %a : f32
  return %b : f32
}
