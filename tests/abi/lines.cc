/* SPDX-License-Identifier: Apache-2.0 */
/* A source in C++, with the header and nothing else: one address a line. */
#include <cstring>
#include <new>
#include <tocsin/plugin.h>

namespace {

class Reader {
public:
	Reader(tcs_ctx *c, const tcs_host *h) : ctx(c), host(reinterpret_cast<const tcs_source_host *>(h)) {}

	void begin() { line = 0; }

	int64_t feed(const char *buf, size_t len, bool eof)
	{
		static const tcs_slice name = { "source.ip", 9 };
		int rc = line > 0 ? TCS_OK : host->columns(ctx, &name, 1, &want);
		size_t at = 0;

		while (rc == TCS_OK && at < len) {
			auto *nl = static_cast<const char *>(std::memchr(buf + at, '\n', len - at));
			if (nl == nullptr && !eof)
				break;
			const size_t n = nl != nullptr ? static_cast<size_t>(nl - buf) + 1 - at : len - at;
			rc = one({ buf + at, n - (nl != nullptr) }, { at, static_cast<uint32_t>(n), ++line });
			at += n;
		}
		return rc == TCS_OK ? static_cast<int64_t>(at) : rc;
	}

private:
	int one(tcs_slice s, tcs_span span)
	{
		return s.n == 0 ? host->skip(ctx, &span) : host->rows(ctx, 1, &span, nullptr, want ? &s : nullptr);
	}

	tcs_ctx *ctx;
	const tcs_source_host *host;
	uint32_t line = 0;
	uint8_t want = 0;
};

int open_reader(tcs_ctx *ctx, const tcs_host *h, const tcs_val *, void **inst)
{
	void *at = h->alloc(ctx, TCS_INSTANCE, sizeof(Reader));

	if (at == nullptr)
		return TCS_ENOMEM;
	*inst = new (at) Reader(ctx, h);
	return TCS_OK;
}

void close_reader(void *) {}
int begin(void *inst, const char *) { static_cast<Reader *>(inst)->begin(); return TCS_OK; }
int end(void *, int) { return TCS_OK; }

int64_t feed(void *inst, const char *buf, size_t len, int eof)
{
	return static_cast<Reader *>(inst)->feed(buf, len, eof != 0);
}

const tcs_source source = { .size = sizeof source, .flags = TCS_S_TILES | TCS_S_ALONE, .names = "*.list",
	.starts = nullptr, .columns = nullptr, .begin = begin, .feed = feed, .end = end };

}

const tcs_plugin tocsin_plugin_v1 = { TCS_MAGIC, TCS_ABI_MAJOR, TCS_ABI_MINOR, sizeof(tcs_plugin), TCS_SOURCE,
	"address-list", "0.1", "Apache-2.0", "Addresses, one a line", "One address a line; blank lines are skipped.",
	nullptr, 0, sizeof(tcs_opt), open_reader, close_reader, { &source } };
