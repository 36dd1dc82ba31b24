// RUN: rm -rf %t && mkdir -p %t/none %t/first %t/second %t/third
// RUN: convopt-compile %s --target=x86-64 --name=net -o %t/none/net.o

// The folder is made; what it holds gives the same bytes.
// RUN: convopt-compile %s --target=x86-64 --name=net --cache-dir=%t/a/b -o %t/first/net.o
// RUN: convopt-compile %s --target=x86-64 --name=net --cache-dir=%t/a/b -o %t/second/net.o
// RUN: cmp %t/none/net.o %t/first/net.o && cmp %t/none/net.o %t/second/net.o

// What is there is used: kernels whose entries change places show.
// RUN: %python %S/Inputs/cache.py %t/a/b rotate
// RUN: convopt-compile %s --target=x86-64 --name=net --cache-dir=%t/a/b -o %t/second/net.o
// RUN: not cmp %t/none/net.o %t/second/net.o

// Damaged entries are compiled anew and put right.
// RUN: rm -rf %t/a/b && convopt-compile %s --target=x86-64 --name=net --cache-dir=%t/a/b -o %t/third/net.o
// RUN: %python %S/Inputs/cache.py %t/a/b flip
// RUN: convopt-compile %s --target=x86-64 --name=net --cache-dir=%t/a/b -o %t/third/net.o
// RUN: cmp %t/none/net.o %t/third/net.o && %python %S/Inputs/cache.py %t/a/b check
// RUN: %python %S/Inputs/cache.py %t/a/b cut
// RUN: convopt-compile %s --target=x86-64 --name=net --cache-dir=%t/a/b -o %t/third/net.o
// RUN: cmp %t/none/net.o %t/third/net.o && %python %S/Inputs/cache.py %t/a/b check
// RUN: %python %S/Inputs/cache.py %t/a/b empty
// RUN: convopt-compile %s --target=x86-64 --name=net --cache-dir=%t/a/b -o %t/third/net.o
// RUN: cmp %t/none/net.o %t/third/net.o && %python %S/Inputs/cache.py %t/a/b check

// RUN: touch %t/file
// RUN: not convopt-compile %s --target=x86-64 --cache-dir=%t/file -o %t/no.o 2>&1 | FileCheck %s --check-prefix=FILE
// RUN: not convopt-compile %s --target=x86-64 --cache-dir=/proc/none -o %t/no.o 2>&1 | FileCheck %s --check-prefix=PROC
// RUN: not ls %t/no.o
// FILE: convopt-compile: error: cannot write to the cache folder '{{.+}}file': {{.+$}}
// FILE-NOT: {{.}}
// PROC: convopt-compile: error: cannot write to the cache folder '/proc/none': {{.+$}}
// PROC-NOT: {{.}}

func.func @main(%x: tensor<1x8x10x10xf32>) -> (tensor<1x16x8x8xf32>, tensor<1x8x10x10xf32>) {
  %w = arith.constant dense<0.5> : tensor<16x8x3x3xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x16x8x8xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x10x10xf32>, tensor<16x8x3x3xf32>)
         outs(%init : tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
  %z = math.exp %x : tensor<1x8x10x10xf32>
  return %y, %z : tensor<1x16x8x8xf32>, tensor<1x8x10x10xf32>
}
