#include "Client.h"
#include <stdio.h>
#include <string.h>

const char small_model[] =
    "func.func @main(%image: tensor<1x8x12x12xf32>) -> tensor<1x8x10x10xf32> "
    "{\n"
    "  %filter = arith.constant dense<0.5> : tensor<8x8x3x3xf32>\n"
    "  %zero = arith.constant 0.0 : f32\n"
    "  %empty = tensor.empty() : tensor<1x8x10x10xf32>\n"
    "  %zeros = linalg.fill ins(%zero : f32)\n"
    "    outs(%empty : tensor<1x8x10x10xf32>) -> tensor<1x8x10x10xf32>\n"
    "  %sums = linalg.conv_2d_nchw_fchw\n"
    "    ins(%image, %filter : tensor<1x8x12x12xf32>, tensor<8x8x3x3xf32>)\n"
    "    outs(%zeros : tensor<1x8x10x10xf32>) -> tensor<1x8x10x10xf32>\n"
    "  %y = math.tanh %sums : tensor<1x8x10x10xf32>\n"
    "  return %y : tensor<1x8x10x10xf32>\n"
    "}\n";

void keep_diagnostic(enum convopt_severity severity, const char *message,
                     const char *location, void *diagnostics) {
  struct diagnostics *kept = diagnostics;
  *(severity == CONVOPT_SEVERITY_ERROR ? &kept->errors : &kept->notes) += 1;
  snprintf(kept->message, sizeof kept->message, "%s", message);
  snprintf(kept->location, sizeof kept->location, "%s", location);
}

convopt_compiler *new_compiler(struct diagnostics *diagnostics,
                               const char *const *options) {
  convopt_compiler *compiler = convopt_compiler_create();
  if (!compiler)
    return NULL;
  convopt_compiler_set_handler(compiler, keep_diagnostic, diagnostics);
  for (; *options; options += 2)
    if (convopt_compiler_set_option(compiler, options[0], options[1])) {
      convopt_compiler_destroy(compiler);
      return NULL;
    }
  return compiler;
}

convopt_compilation *compile_small_model(const char *target) {
  struct diagnostics ignored = {0, 0, "", ""};
  const char *const options[] = {"target", target, NULL};
  convopt_compiler *compiler = new_compiler(&ignored, options);
  if (!compiler)
    return NULL;
  convopt_compilation *compilation = convopt_compile(
      compiler, "net.mlir", small_model, strlen(small_model), NULL);
  convopt_compiler_destroy(compiler);
  return compilation;
}
