// RUN: rm -rf %t && mkdir %t
// RUN: convopt-compile %s --name=net -o %t/net.o
// RUN: FileCheck %s < %t/net.h
// RUN: echo '#include "net.h"' > %t/use.c
// RUN: cp %t/use.c %t/use.cpp
// RUN: clang-19 -std=c99 -Wall -Wextra -pedantic -Werror -c %t/use.c -o %t/c.o
// RUN: clang++-19 -std=c++98 -Wall -Wextra -pedantic -Wno-long-long -Wno-c++11-long-long -Wno-unused-function -Werror -c %t/use.cpp -o %t/cpp98.o
// RUN: clang++-19 -std=c++20 -Wall -Wextra -pedantic -Werror -c %t/use.cpp -o %t/cpp.o

// Names of ONNX become parameters, whatever they are.

// CHECK: extern const struct convopt_model net_model;
// CHECK: static inline int net_matches(void) {
// CHECK-NEXT: static const int64_t dims[] = {1, 3, 4, 2, 2};
// CHECK: convopt_is_tensor(&net_model.inputs[2], "i64", 0, dims + 3) &&
// CHECK: convopt_is_tensor(&net_model.outputs[1], "bf16", 1, dims + 4);
// CHECK: /* Dense, row-major:
// CHECK:  *   data_0: f32[1][3] data.0
// CHECK:  *   int_: u8[4] int
// CHECK:  *   t1: i64 1
// CHECK:  *   data_0_: bool[2] data/0
// CHECK:  *   t_y___: bf16[2] .y../
// CHECK: static inline int net_run(const float *data_0, const uint8_t *int_, const int64_t *t1, uint8_t *data_0_, uint16_t *t_y___, void *workspace)
func.func @main(%a: tensor<1x3xf32> {convopt.name = "data.0"},
                %b: tensor<4xi8> {convopt.name = "int", convopt.type = "u8"},
                %c: tensor<i64> {convopt.name = "1"})
    -> (tensor<2xi1> {convopt.name = "data/0"}, tensor<2xbf16> {convopt.name = "\0Ay*\\/"}) {
  %0 = arith.constant dense<[true, false]> : tensor<2xi1>
  %1 = arith.constant dense<[1.0, -2.0]> : tensor<2xbf16>
  return %0, %1 : tensor<2xi1>, tensor<2xbf16>
}
