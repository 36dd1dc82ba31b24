#ifndef CONVOPT_PROFILE_RUNNER_H
#define CONVOPT_PROFILE_RUNNER_H
#include "table.h"
#include <stddef.h>

/* `bytes` bytes in pages of 2 MB, where the system grants them, each touched;
 * null without memory. Never freed. */
void *profile_memory(size_t bytes);

/* The same in pages of 4 KB, as those of a file are. */
void *profile_small_pages(size_t bytes);

/* Whether it granted them for all that was asked for. */
int profile_has_large_pages(void);

/* Fills with numbers between -0.5 and 0.5, the same ones always. */
void profile_fill(void *memory, size_t bytes);

/* Fills with numbers of small exponents, whatever type they are read as: floats
 * of 32 or 16 bits, or bytes. */
void profile_fill_weights(void *memory, size_t bytes);

/* Seconds of one run by the clock of this thread or, for several threads, that
 * on the wall; a run is call(argument). Spends about `budget` seconds. */
double profile_seconds(void (*call)(void *), void *argument, int threads,
                       double budget);

/* Runs kernel `index` once on the numbers in files of `folder`; why it could
 * not, or null. */
const char *profile_compute(const char *folder, int64_t index, void *context);

/* Prints the line "reference" and the seconds of three fixed pieces of work:
 * arithmetic, reading what fits L2, reading what fits L3. */
void profile_print_reference(void);

/* Prints what the samples were measured on, for the record. */
void profile_print_system(void);

#endif /* CONVOPT_PROFILE_RUNNER_H */
