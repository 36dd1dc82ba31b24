/* Removes the noise of images and says what each shows, four images at a time.
 *
 *   app IMAGES.bin SCORES.bin
 *
 * IMAGES.bin holds images of float[3][48][48], one behind the other; SCORES.bin
 * gets ten probabilities for each. A model has no state but its workspace, so
 * each thread has one of each model and they share nothing else.
 */
#include "classify.h"
#include "denoise.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 4, PIXELS = 3 * 48 * 48, CLASSES = 10 };

struct work {
  const float *images;
  float *scores;
  size_t count;
  atomic_size_t next;
};

static void *take_images(void *argument) {
  struct work *work = argument;
  void *denoiser = aligned_alloc(64, denoise_workspace_bytes);
  void *classifier = aligned_alloc(64, classify_workspace_bytes);
  static const char failed[] = "failed";
  const char *outcome = NULL;
  if (!denoiser || !classifier || denoise_init(denoiser) != CONVOPT_OK) {
    outcome = failed;
  } else if (classify_init(classifier) != CONVOPT_OK) {
    denoise_fini(denoiser);
    outcome = failed;
  } else {
    static _Thread_local float clean[PIXELS];
    size_t i;
    while (!outcome && (i = atomic_fetch_add(&work->next, 1)) < work->count)
      if (denoise_run(work->images + i * PIXELS, clean, denoiser) ||
          classify_run(clean, work->scores + i * CLASSES, classifier))
        outcome = failed;
    classify_fini(classifier);
    denoise_fini(denoiser);
  }
  free(classifier);
  free(denoiser);
  return (void *)outcome;
}

static int run_threads(struct work *work) {
  pthread_t threads[THREADS];
  int started = 0, failed = 0;
  while (started < THREADS &&
         !pthread_create(&threads[started], NULL, take_images, work))
    ++started;
  for (int t = 0; t < started; ++t) {
    void *outcome;
    pthread_join(threads[t], &outcome);
    failed |= outcome != NULL;
  }
  return failed || !started;
}

/* All images of a file; NULL if it cannot be read or holds no whole ones. */
static float *read_images(const char *path, size_t *count) {
  FILE *file = fopen(path, "rb");
  if (!file)
    return NULL;
  fseek(file, 0, SEEK_END);
  const long bytes = ftell(file);
  rewind(file);
  const size_t size = PIXELS * sizeof(float);
  float *images = NULL;
  if (bytes > 0 && (size_t)bytes % size == 0) {
    *count = (size_t)bytes / size;
    images = malloc((size_t)bytes);
    if (images && fread(images, size, *count, file) != *count) {
      free(images);
      images = NULL;
    }
  }
  fclose(file);
  return images;
}

static int write_scores(const char *path, const float *scores, size_t count) {
  FILE *file = fopen(path, "wb");
  if (!file)
    return 1;
  const size_t written = fwrite(scores, CLASSES * sizeof(float), count, file);
  return (fclose(file) != 0) | (written != count);
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: %s IMAGES.bin SCORES.bin\n", argv[0]);
    return 1;
  }
  struct work work = {.count = 0};
  float *images = read_images(argv[1], &work.count);
  if (!images) {
    fprintf(stderr, "%s: cannot read images of float[3][48][48]\n", argv[1]);
    return 1;
  }
  work.images = images;
  work.scores = calloc(work.count, CLASSES * sizeof(float));
  const char *problem = NULL;
  if (!work.scores || run_threads(&work))
    problem = "a network did not run";
  else if (write_scores(argv[2], work.scores, work.count))
    problem = "cannot write the scores";
  free(work.scores);
  free(images);
  if (problem) {
    fprintf(stderr, "%s: %s\n", argv[2], problem);
    return 1;
  }
  return 0;
}
