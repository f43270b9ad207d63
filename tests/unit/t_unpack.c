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

static const char script[] = "import gzip,zipfile,sys,random\nd=sys.argv[1]; random.seed(5)\n"
    "t=b''.join(b'%d,192.0.2.%d,%d\\n'%(i,i%256,random.randrange(10**9)) for i in range(20000))\n"
    "open(d+'/plain','wb').write(t)\nopen(d+'/gz','wb').write(gzip.compress(t))\n"
    "open(d+'/two.gz','wb').write(gzip.compress(t[:1000])+gzip.compress(t[1000:]))\n"
    "open(d+'/small.gz','wb').write(gzip.compress(t[:300]))\n"
    "open(d+'/bomb.gz','wb').write(gzip.compress(bytes(200<<20)))\n"
    "open(d+'/long.gz','wb').write(gzip.compress(random.randbytes(70<<20),1))\n"
    "z=zipfile.ZipFile(d+'/zip','w',zipfile.ZIP_DEFLATED)\n"
    "z.writestr('../../etc/passwd','x'); z.writestr('a/day.csv',t); z.close()\n"
    "b=bytearray(gzip.compress(t)); b[2000]^=255; open(d+'/bad.gz','wb').write(b)\nopen(d+'/empty','wb')\n"
    "def zips(name,*members,how=zipfile.ZIP_DEFLATED):\n  with zipfile.ZipFile(d+'/'+name,'w',how) as z:\n"
    "    for n,b in members: z.writestr(n,b)\n  return open(d+'/'+name,'rb').read()\nw=zips('names.zip',"
    "('/etc/passwd','x'),('caf\u00e9.csv','x'),('a\\x1b[2J.csv','x'),('raw_','x'),('dir/',''))\n"
    "open(d+'/names.zip','wb').write(w.replace(b'raw_',b'raw\\xe9'))\n"
    "open(d+'/cut.zip','wb').write(w[:-30])\n"
    "w=bytearray(zips('sum.zip',('a',random.randbytes(5000)),how=zipfile.ZIP_STORED)); w[3000]^=1\n"
    "open(d+'/sum.zip','wb').write(w)\nw=zips('locked.zip',('a','x'*100))\n"
    "w=bytearray(w); w[6]|=1; w[w.index(b'PK\\1\\2')+8]|=1; open(d+'/locked.zip','wb').write(w)\n"
    "zips('bomb.zip',('pad',random.randbytes(1<<20)),('bomb',bytes(50<<20)))\n"
    "zips('nested.zip',('in.zip',w),('in.gz',gzip.compress(t)),('none.zip',zips('none.zip')))\n"
    "open(d+'/nested.gz','wb').write(gzip.compress(open(d+'/gz','rb').read()))\n"
    "import struct; h=struct.pack('<HHHHHLLLHH',20,0,0,0,0,0x8cdc1683,1,1,6,0); l=b'PK\\3\\4'+h\n"
    "m=[b'%06d'%i for i in range(100000)]\nb=b''.join(l+i+b'x' for i in m)\n"
    "c=b''.join(b'PK\\1\\2\\24\\0'+h+bytes(6)+bytes(4)+struct.pack('<L',37*n)+i for n,i in enumerate(m))\n"
    "open(d+'/many.zip','wb').write(b+c+b'PK\\5\\6'+struct.pack('<HHHHLLH',0,0,65535,65535,len(c),"
    "len(b),0))\nzips('most.zip',*(('%d'%i,'x') for i in range(2000)),how=zipfile.ZIP_STORED)\n"
    "import warnings; warnings.simplefilter('ignore')\nzips('twice.zip',('a','x'),('a','y'))\n";

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
	struct reader *r = unpack_open(path, NULL, member, &lim, e);
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

		if (!ok(good && got.n == want->n && memcmp(got.p, want->p, got.n) == 0, "%s, in bites of %zu",
		    what, bites[i]))
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

static void
no_members(const char *what, const char *name, const char *want)
{
	struct err e = ERR_INIT;
	struct buf names;

	buf_init(&names);
	if (!ok(!unpack_members(at(name), NULL, count, &names, &e) && strstr(e.text, want) && names.n == 0,
	    "%s", what))
		printf("# got: %s\n", e.text);
	buf_free(&names);
}

static void
zips(void)
{
	struct err e = ERR_INIT;
	struct buf names, got;
	int i, n = 0;

	buf_init(&names);
	buf_init(&got);
	ok(unpack_members(at("names.zip"), NULL, count, &names, &e), "a zip with odd names");
	is_str(names.p, "/etc/passwd caf\xc3\xa9.csv a\\x1b[2J.csv raw\\xe9 ",
	    "which are made safe to print");
	ok(slurp(at("names.zip"), "raw\\xe9", 4096, &got, &e) && got.n == 1, "and lead to their members");
	buf_reset(&names);
	buf_str(&names, "");
	no_members("a zip that holds nothing", "none.zip", "is cut off, empty or not a zip");
	ok(unpack_members(at("most.zip"), NULL, count, &names, &e), "as many members as are allowed");
	for (i = 0; i < 2000; i += 100) {
		char member[16];

		snprintf(member, sizeof member, "%d", i);
		n += slurp(at("most.zip"), member, 4096, &got, &e) && got.n == 1;
	}
	is_int(n, 20, "each is found");
	no_members("100,000 members", "many.zip", "holds more than 2000 files");
	no_members("two members of one name", "twice.zip", "holds two files named \"a\"");
	no_members("a zip cut short", "cut.zip", "is cut off, empty or not a zip");
	refused("a member with a wrong checksum", "sum.zip", "a", "CRC");
	refused("an encrypted member", "locked.zip", "a", "\"a\" is encrypted");
	refused("a bomb behind other members", "bomb.zip", "bomb", "more than 200 times its size");
	refused("a zip in a zip", "nested.zip", "in.zip",
	    "holds a zip inside, and only one layer is unpacked");
	refused("an empty zip in a zip", "nested.zip", "none.zip", "holds a zip inside");
	refused("a gzip in a zip", "nested.zip", "in.gz", "holds a gzip inside");
	refused("a gzip in a gzip", "nested.gz", NULL, "holds a gzip inside");
	buf_free(&names);
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
	ok(unpack_members(at("zip"), NULL, count, &names, &e), "the members of a zip");
	is_str(names.p, "../../etc/passwd a/day.csv ", "are named as the archive names them");
	refused("a member that is not there", "zip", "day.csv", "holds no member \"day.csv\"");
	refused("a bomb", "bomb.gz", NULL, "times its size");
	refused("too much", "long.gz", NULL, "more than 67108864 bytes");
	refused("a damaged gzip", "bad.gz", NULL, "not valid gzip");
	refused("a file that is not there", "nothing", NULL, "No such file");
	zips();
	truncated();
	want.n = 0;
	same("an empty file", "empty", NULL, &want);
	buf_free(&want);
	buf_free(&names);
	snprintf(cmd, sizeof cmd, "rm -r %s", dir);
	return system(cmd) | done_testing();
}
