/* How often each instruction of a program is executed: a plugin for qemu-user.
 *
 *   cc -shared -fPIC executions.c -o libexecutions.so
 *   qemu-aarch64 -plugin ./libexecutions.so,out=FILE PROGRAM
 *
 * FILE: a line for each instruction, its address in hexadecimal and how often
 * it was executed. qemu translates a block once and runs the translation, so a
 * counter is added to the code of each instruction. What the plugin needs of
 * qemu's interface (version 1, qemu 4.2 and later) is declared here: not every
 * system has the header. Programs are static and lie below 256 MB; other
 * threads than the first may lose counts.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info_t;
typedef uint64_t plugin_id;
enum { ADD = 0 }; /* QEMU_PLUGIN_INLINE_ADD_U64 */

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *,
                                                 size_t);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *, int,
                                                void *, uint64_t);
void qemu_plugin_register_vcpu_tb_trans_cb(
    plugin_id, void (*)(plugin_id, struct qemu_plugin_tb *));
void qemu_plugin_register_atexit_cb(plugin_id, void (*)(plugin_id, void *),
                                    void *);

int qemu_plugin_version = 1;

/* Instructions are four bytes long. */
static const uint64_t instructions = (256 << 20) / 4;
static uint64_t *executions;

static void count(plugin_id id, struct qemu_plugin_tb *block) {
  (void)id;
  for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); ++i) {
    struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(block, i);
    const uint64_t index = qemu_plugin_insn_vaddr(insn) / 4;
    if (index < instructions)
      qemu_plugin_register_vcpu_insn_exec_inline(insn, ADD, &executions[index],
                                                 1);
  }
}

static void write_counts(plugin_id id, void *path) {
  (void)id;
  FILE *file = fopen(path, "w");
  if (!file) {
    perror(path);
    exit(1);
  }
  for (uint64_t i = 0; i < instructions; ++i)
    if (executions[i])
      fprintf(file, "%" PRIx64 " %" PRIu64 "\n", 4 * i, executions[i]);
  if (fclose(file)) {
    perror(path);
    exit(1);
  }
}

int qemu_plugin_install(plugin_id id, const struct qemu_info_t *info, int argc,
                        char **argv) {
  (void)info;
  if (argc != 1 || strncmp(argv[0], "out=", 4)) {
    fprintf(stderr, "executions: expected out=FILE\n");
    return 1;
  }
  executions = calloc(instructions, sizeof *executions);
  char *path = strdup(argv[0] + 4); /* argv goes */
  if (!executions || !path)
    return 1;
  qemu_plugin_register_vcpu_tb_trans_cb(id, count);
  qemu_plugin_register_atexit_cb(id, write_counts, path);
  return 0;
}
