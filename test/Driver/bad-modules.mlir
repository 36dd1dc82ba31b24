// RUN: rm -rf %t && split-file %s %t && cd %t
// RUN: not convopt-compile syntax.mlir -o out.o 2>&1 | FileCheck %s --check-prefix=SYNTAX
// RUN: not convopt-compile empty.mlir -o out.o 2>&1 | FileCheck %s --check-prefix=EMPTY
// RUN: not convopt-compile two.mlir -o out.o 2>&1 | FileCheck %s --check-prefix=TWO
// RUN: not convopt-compile dynamic.mlir -o out.o 2>&1 | FileCheck %s --check-prefix=DYNAMIC
// RUN: not convopt-compile type.mlir -o out.o 2>&1 | FileCheck %s --check-prefix=TYPE
// RUN: not convopt-compile called.mlir -o out.o 2>&1 | FileCheck %s --check-prefix=CALLED
// RUN: not convopt-compile util.mlir -o out.o 2>&1 | FileCheck %s --check-prefix=UTIL
// RUN: not convopt-compile torch.mlir -o out.o 2>&1 | FileCheck %s --check-prefix=TORCH
// RUN: not convopt-compile tosa.mlir -o out.o 2>&1 | FileCheck %s --check-prefix=TOSA
// RUN: not convopt-compile global.mlir -o out.o 2>&1 | FileCheck %s --check-prefix=GLOBAL
// RUN: not convopt-compile slice.mlir -o out.o 2>&1 | FileCheck %s --check-prefix=SLICE
// RUN: not convopt-compile gather.mlir -o out.o 2>&1 | FileCheck %s --check-prefix=GATHER
// RUN: ls %t | FileCheck %s --check-prefix=LEFT

// LEFT-NOT: out

//--- syntax.mlir
// SYNTAX: convopt-compile: error: syntax.mlir:2:38: expected non-function type
func.func @main(%x: tensor<4xf32>) -> { }
// SYNTAX-NOT: {{.}}

//--- empty.mlir
// EMPTY: convopt-compile: error: the module has no function
// EMPTY-NOT: {{.}}
module {}

//--- two.mlir
// TWO: convopt-compile: error: the module has more than one function: a and b
// TWO-NOT: {{.}}
func.func @a() { return }
func.func @b() { return }

//--- dynamic.mlir
// DYNAMIC: convopt-compile: error: input 'image' is not a tensor of known shape
// DYNAMIC-NOT: {{.}}
func.func @main(%x: tensor<?x4xf32> {convopt.name = "image"}) { return }

//--- type.mlir
// TYPE: convopt-compile: error: input 'input0' has an element type that a model's interface does not know
// TYPE-NOT: {{.}}
func.func @main(%x: tensor<4xi7>) { return }

//--- called.mlir
// CALLED: convopt-compile: error: function 'elsewhere' is called and cannot be inlined
// CALLED-NOT: {{.}}
func.func private @elsewhere(tensor<4xf32>) -> tensor<4xf32>
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = call @elsewhere(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

//--- util.mlir
// UTIL: convopt-compile: error: util.mlir:3:1: {{.*}}util{{.*}}: lower the module to linalg on tensors first, as by torch-mlir-opt {{.*}}, and take it before IREE makes util functions of it
// UTIL-NOT: {{.}}
util.func public @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  util.return %x : tensor<4xf32>
}

//--- torch.mlir
// TORCH: convopt-compile: error: torch.mlir:3:28: {{.*}}torch{{.*}} created with unregistered dialect: lower the module to linalg on tensors first, as by torch-mlir-opt {{.*}}, and take it before IREE makes util functions of it
// TORCH-NOT: {{.}}
func.func @main(%x: !torch.vtensor<[4],f32>) { return }

//--- tosa.mlir
// TOSA: convopt-compile: error: tosa.mlir:4:8: tosa.negate: lower it first, by mlir-opt --pass-pipeline='builtin.module(func.func(tosa-to-linalg-named,tosa-to-linalg,tosa-to-arith,tosa-to-tensor))'
// TOSA-NOT: {{.}}
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = tosa.negate %x : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

//--- global.mlir
// GLOBAL: convopt-compile: error: global.mlir:3:1: ml_program.global: a model has no state: make the global a constant or an argument
// GLOBAL-NOT: {{.}}
ml_program.global private mutable @seed(dense<0.0> : tensor<4xf32>) : tensor<4xf32>
func.func @main() -> tensor<4xf32> {
  %y = ml_program.global_load @seed : tensor<4xf32>
  return %y : tensor<4xf32>
}

//--- slice.mlir
// SLICE: convopt-compile: error: slice.mlir:8:8: tensor.extract_slice: has a result, tensor<1x?xf32>, whose size is only known when the model runs: it depends on tensor.extract at slice.mlir:5:8
// SLICE-NOT: {{.}}
func.func @main(%x: tensor<1x8xf32>, %n: tensor<1xi64>, %z: tensor<1xf32>) -> tensor<1xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.extract %n[%c0] : tensor<1xi64>
  %i = arith.index_cast %m : i64 to index
  %k = arith.maxsi %i, %c0 : index
  %y = tensor.extract_slice %x[0, 0] [1, %k] [1, 1] : tensor<1x8xf32> to tensor<1x?xf32>
  %s = linalg.reduce {arith.addf} ins(%y : tensor<1x?xf32>) outs(%z : tensor<1xf32>) dimensions = [1]
  return %s : tensor<1xf32>
}

//--- gather.mlir
// GATHER: convopt-compile: error: gather.mlir:4:8: tensor.gather: works on tensors, and there is no rule for buffers in their place
// GATHER-NOT: {{.}}
func.func @main(%x: tensor<4x4xf32>, %i: tensor<2x1xi64>) -> tensor<2x1x4xf32> {
  %y = tensor.gather %x[%i] gather_dims([0]) : (tensor<4x4xf32>, tensor<2x1xi64>) -> tensor<2x1x4xf32>
  return %y : tensor<2x1x4xf32>
}
