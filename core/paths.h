/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where Tocsin's own files are.  Installed: the folders configure was told.
 * Uninstalled (the program lies beside a file tocsin-tree, which configure
 * writes): the build tree's worker and plugins, the source tree's etc/.
 */
#ifndef CORE_PATHS_H
#define CORE_PATHS_H

const char *path_worker(void);
const char *path_plugins(void);
const char *path_data(void);		/* feeds/, templates/, advice/, policy.csv, problems.csv,
					 * columns.csv */
const char *path_config(void);		/* the default configuration file */
const char *path_check(void);		/* tocsin-plugin-check */
const char *path_skeleton(void);	/* what tocsin plugin new copies: a folder for each kind */
/* name as seen from the folder of the file base; absolute names as they are. The caller frees. */
char *path_beside(const char *base, const char *name);

#endif
