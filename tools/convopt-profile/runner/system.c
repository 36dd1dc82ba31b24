/* What machine this is, as it says itself. */
#define _GNU_SOURCE
#include "runner.h"
#include <gnu/libc-version.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

/* The value of the first line that begins with `key`; 0 if there is none. */
static int find_line(const char *path, const char *key, char *value,
                     size_t size) {
  FILE *file = fopen(path, "r");
  int found = 0;
  char line[512];
  while (file && !found && fgets(line, sizeof line, file)) {
    const char *start = line;
    if (strncmp(line, key, strlen(key)) != 0)
      continue;
    if (*key && (start = strchr(line, ':')))
      start += 1 + (start[1] == ' ');
    if (!start)
      continue;
    snprintf(value, size, "%s", start);
    value[strcspn(value, "\n")] = 0;
    found = 1;
  }
  if (file)
    fclose(file);
  return found;
}

void profile_print_system(void) {
  struct utsname name;
  char model[512];
  if (uname(&name) == 0)
    printf("system kernel %s %s\n", name.sysname, name.release);
  printf("system libc glibc %s\n", gnu_get_libc_version());
  printf("system weights %s\n", profile_batch.small_pages ? "memory" : "l3");
  /* An Arm kernel does not name the CPU, but the device tree the board. */
  if (find_line("/proc/cpuinfo", "model name", model, sizeof model) ||
      find_line("/sys/firmware/devicetree/base/model", "", model,
                sizeof model) ||
      find_line("/proc/cpuinfo", "CPU part", model, sizeof model))
    printf("system model %s\n", model);
}
