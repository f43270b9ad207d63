/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unpacking: what went in comes out, in any size of bite; a gzip cut at any
 * byte is an error, never a shorter input; a bomb stops at its limit.  The
 * packed files are made by python3's own gzip and zipfile.
 */
#include <unistd.h>
#include "1-fetch/unpack.h"
#include "buf.h"
#include "tap.h"

static char dir[] = "/tmp/t_unpack.XXXXXX";
static const struct unpack_limits lim = { 64 << 20, 200 };

static const char script[] =
    "import gzip,zipfile,sys,random\n"
    "d=sys.argv[1]; random.seed(5)\n"
    "t=b''.join(b'%d,192.0.2.%d,%d\\n'%(i,i%256,random.randrange(10**9)) for i in range(20000))\n"
    "open(d+'/plain','wb').write(t)\n"
    "open(d+'/gz','wb').write(gzip.compress(t))\n"
    "open(d+'/two.gz','wb').write(gzip.compress(t[:1000])+gzip.compress(t[1000:]))\n"
    "open(d+'/small.gz','wb').write(gzip.compress(t[:300]))\n"
    "open(d+'/bomb.gz','wb').write(gzip.compress(bytes(200<<20)))\n"
    "open(d+'/long.gz','wb').write(gzip.compress(random.randbytes(70<<20),1))\n"
    "z=zipfile.ZipFile(d+'/zip','w',zipfile.ZIP_DEFLATED)\n"
    "z.writestr('../../etc/passwd','x'); z.writestr('a/day.csv',t); z.close()\n"
    "b=bytearray(gzip.compress(t)); b[2000]^=255; open(d+'/bad.gz','wb').write(b)\n"
    "open(d+'/empty','wb')\n";

static const char *
at(const char *name)
{
	static char path[2][300];
	static int i;

	i = !i;
	snprintf(path[i], sizeof path[i], "%s/%s", dir, name);
	return path[i];
}

static bool
slurp(const char *path, const char *member, size_t bite, struct buf *out, struct err *e)
{
	struct reader *r = unpack_open(path, member, &lim, e);
	int64_t n;

	buf_reset(out);
	if (r == NULL)
		return false;
	do {
		buf_need(out, bite);
		n = r->read(r, out->p + out->n, bite, e);
		out->n += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	r->close(r);
	return n == 0;
}

static bool
count(void *arg, const char *name)
{
	struct buf *b = arg;

	buf_printf(b, "%s ", name);
	return true;
}

static void
same(const char *what, const char *name, const char *member, const struct buf *want)
{
	static const size_t bites[] = { 1 << 20, 4096, 7 };
	struct err e = ERR_INIT;
	struct buf got;
	size_t i;

	buf_init(&got);
	for (i = 0; i < 3; i++) {
		bool good = slurp(at(name), member, bites[i], &got, &e);

		if (!ok(good && got.n == want->n && memcmp(got.p, want->p, got.n) == 0, "%s, in bites of %zu", what, bites[i]))
			printf("# %s, %zu bytes\n", e.text, got.n);
	}
	buf_free(&got);
}

static void
refused(const char *what, const char *name, const char *member, const char *want)
{
	struct err e = ERR_INIT;
	struct buf got;

	buf_init(&got);
	if (!ok(!slurp(at(name), member, 1 << 16, &got, &e) && strstr(e.text, want), "%s", what))
		printf("# got: %s\n", e.text);
	buf_free(&got);
}

/* Every shorter version of a gzip is an error. */
static void
truncated(void)
{
	struct err e = ERR_INIT;
	struct buf packed, got;
	bool all = true;
	size_t n;

	buf_init(&packed);
	buf_init(&got);
	{
		FILE *f = fopen(at("small.gz"), "r");

		buf_need(&packed, 4096);
		packed.n = f ? fread(packed.p, 1, 4096, f) : 0;
		if (f)
			fclose(f);
	}
	for (n = 3; n < packed.n; n++) {
		FILE *f = fopen(at("cut.gz"), "w");

		fwrite(packed.p, 1, n, f);
		fclose(f);
		e = (struct err)ERR_INIT;
		all &= !slurp(at("cut.gz"), NULL, 4096, &got, &e) && e.n > 0;
	}
	ok(all && packed.n > 50, "a gzip cut at any of its %zu bytes is an error", packed.n);
	buf_free(&packed);
	buf_free(&got);
}

int
main(void)
{
	char cmd[4096];
	struct err e = ERR_INIT;
	struct buf want, names;
	FILE *f;

	if (mkdtemp(dir) == NULL)
		return 99;
	snprintf(cmd, sizeof cmd, "/usr/bin/python3 - %s", dir);
	f = popen(cmd, "w");
	fputs(script, f);
	if (pclose(f) != 0)
		skip_all("python3 could not make the packed files");
	buf_init(&want);
	buf_init(&names);
	ok(slurp(at("plain"), NULL, 65536, &want, &e) && want.n > 100000, "a plain file");
	same("a gzip", "gz", NULL, &want);
	same("a gzip of two members", "two.gz", NULL, &want);
	same("a member of a zip", "zip", "a/day.csv", &want);
	ok(unpack_members(at("zip"), count, &names, &e), "the members of a zip");
	is_str(names.p, "../../etc/passwd a/day.csv ", "are named as the archive names them");
	refused("a member that is not there", "zip", "day.csv", "holds no member \"day.csv\"");
	refused("a bomb", "bomb.gz", NULL, "times its size");
	refused("too much", "long.gz", NULL, "more than 67108864 bytes");
	refused("a damaged gzip", "bad.gz", NULL, "not valid gzip");
	refused("a file that is not there", "nothing", NULL, "No such file");
	truncated();
	want.n = 0;
	same("an empty file", "empty", NULL, &want);
	buf_free(&want);
	buf_free(&names);
	snprintf(cmd, sizeof cmd, "rm -r %s", dir);
	return system(cmd) | done_testing();
}
