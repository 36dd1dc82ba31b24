// RUN: convopt-kernels %s --target=x86-64 --cpu=znver4 --emit=kernels | FileCheck %s
// RUN: rm -rf %t
