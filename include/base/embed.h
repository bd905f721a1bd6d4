/* SPDX-License-Identifier: MIT */
/*
 * Embeds a file of the tree, as it is at build time, as the bytes from SYMBOL to SYMBOL_end, where
 * a NUL follows. The Makefile has the dependency of the object file on it.
 */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#define EMBED(symbol, path)                                                                        \
	__asm__(".pushsection .rodata\n" #symbol ":\n.incbin \"" path "\"\n" #symbol               \
		"_end:\n.byte 0\n.popsection\n");                                                  \
	extern const char symbol[] __attribute__((visibility("hidden")));                          \
	extern const char symbol##_end[] __attribute__((visibility("hidden")))

#endif
