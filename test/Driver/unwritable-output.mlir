// RUN: rm -rf %t && mkdir -p %t/folder.o && cd %t
// RUN: not convopt-compile %s -o %t/nowhere/net.o 2>&1 | FileCheck %s --check-prefix=NOWHERE
// RUN: not convopt-compile %s --emit=shared -o %t/nowhere/net.so 2>&1 | FileCheck %s --check-prefix=NOWHERE
// RUN: not convopt-compile %s -o %t/folder.o 2>&1 | FileCheck %s --check-prefix=FOLDER
// RUN: not convopt-compile %s --emit=linalg -o /dev/full/x 2>&1 | FileCheck %s --check-prefix=NOWHERE

// Nothing is left, and nothing half.
// RUN: ls %t | FileCheck %s --check-prefix=LEFT
// LEFT: folder.o
// LEFT-NOT: {{.}}

// NOWHERE: convopt-compile: error: cannot write '{{.*}}': {{No such file or directory|Not a directory}}
// NOWHERE-NOT: {{.}}
// FOLDER: convopt-compile: error: cannot write '{{.*}}folder.o': {{Is a directory|it is not a file}}
// FOLDER-NOT: {{.}}
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = math.tanh %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
