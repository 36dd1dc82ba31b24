// RUN: rm -rf %t && split-file %s %t && cd %t
// RUN: not convopt-compile syntax.mlir -o out.o 2>&1 | FileCheck %s --check-prefix=SYNTAX
// RUN: not convopt-compile empty.mlir -o out.o 2>&1 | FileCheck %s --check-prefix=EMPTY
// RUN: not convopt-compile two.mlir -o out.o 2>&1 | FileCheck %s --check-prefix=TWO
// RUN: not convopt-compile dynamic.mlir -o out.o 2>&1 | FileCheck %s --check-prefix=DYNAMIC
// RUN: not convopt-compile type.mlir -o out.o 2>&1 | FileCheck %s --check-prefix=TYPE
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
