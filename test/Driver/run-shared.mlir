// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: convopt-compile %s --emit=shared --name=net -o net.so
// RUN: %python -c 'import numpy as n; n.save("x.npy", n.arange(-6, 6, dtype="f4").reshape(3, 4)); n.save("n.npy", n.array(7, "i8"))'
// RUN: convopt-run net.so --input=x.npy --input=n.npy --output=y.npy --output=m.npy --warmup=2 --repeat=5 | FileCheck %s
// RUN: %python -c 'import numpy as n; x = n.load("x.npy"); n.testing.assert_allclose(n.load("y.npy"), n.tanh(x) + [[1, 2, 3, 4]] * n.array([[5], [6], [7]]), rtol=1e-5); m = n.load("m.npy"); assert m == 14 and m.dtype == "i8" and m.shape == ()'

// CHECK: net for {{.+}}, workspace {{[0-9]+}} bytes
// CHECK: 5 runs: min {{.+}} ms, median {{.+}} ms, 90% {{.+}} ms, 99% {{.+}} ms, max {{.+}} ms

// Random inputs are the same for a seed, and others for another.
// RUN: convopt-run net.so --seed=1 --output=a.npy && convopt-run net.so --seed=1 --output=b.npy && cmp a.npy b.npy
// RUN: convopt-run net.so --seed=2 --output=b.npy && not cmp a.npy b.npy

// RUN: not convopt-run net.so --input=n.npy 2>&1 | FileCheck %s --check-prefix=TYPE
// TYPE: convopt-run: error: 'n.npy' is i64[], but input 'input0' is f32[3,4]
// RUN: not convopt-run net.so --input=net.so 2>&1 | FileCheck %s --check-prefix=NPY
// NPY: convopt-run: error: 'net.so': not a .npy file
// RUN: not convopt-run net.so --input=x.npy --input=n.npy --input=n.npy 2>&1 | FileCheck %s --check-prefix=MANY
// MANY: convopt-run: error: the model has 2 inputs and 2 outputs
// RUN: not convopt-run x.npy 2>&1 | FileCheck %s --check-prefix=LIBRARY
// LIBRARY: convopt-run: error: cannot read 'x.npy'
// RUN: not convopt-run net.so --core=99999 2>&1 | FileCheck %s --check-prefix=CORE
// CORE: convopt-run: error: --core=99999: no such core
// RUN: not convopt-run net.so --name=other 2>&1 | FileCheck %s --check-prefix=NAME
// NAME: convopt-run: error: 'net.so' has no symbol other_model
#column = affine_map<(d0, d1) -> (d0)>
#vector = affine_map<(d0, d1) -> (d1)>
#matrix = affine_map<(d0, d1) -> (d0, d1)>
func.func @main(%x: tensor<3x4xf32>, %n: tensor<i64>) -> (tensor<3x4xf32>, tensor<i64>) {
  %c = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %d = arith.constant dense<[5.0, 6.0, 7.0]> : tensor<3xf32>
  %e = tensor.empty() : tensor<3x4xf32>
  %y = linalg.generic {indexing_maps = [#matrix, #vector, #column, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%x, %c, %d : tensor<3x4xf32>, tensor<4xf32>, tensor<3xf32>) outs(%e : tensor<3x4xf32>) {
  ^bb0(%a: f32, %b: f32, %f: f32, %out: f32):
    %t = math.tanh %a : f32
    %p = arith.mulf %b, %f : f32
    %s = arith.addf %t, %p : f32
    linalg.yield %s : f32
  } -> tensor<3x4xf32>
  %m = arith.addi %n, %n : tensor<i64>
  return %y, %m : tensor<3x4xf32>, tensor<i64>
}
