/*
 * For the linker's --wrap=fopen64: there is no list of mounts. The runtime would read it, twice, to find the limits of its control group,
 * which mean nothing to one thread whose heap has a limit of its own; a node has several mounts for each pod, and the kernel writes each
 * of them out. Without it the runtime goes on as where there are no control groups. Nothing else in the plugin opens files by fopen.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

FILE *__real_fopen64(const char *path, const char *mode);
FILE *__wrap_fopen64(const char *path, const char *mode);

FILE *__wrap_fopen64(const char *path, const char *mode)
{
	if (strcmp(path, "/proc/self/mountinfo") == 0) {
		errno = ENOENT;
		return NULL;
	}
	return __real_fopen64(path, mode);
}
