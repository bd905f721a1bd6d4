// SPDX-License-Identifier: MIT

// The peer gofeed: every file named is parsed by its universal parser, the way its users call it.
// Prints documents and items, like `nightdesk parse --count` in one line.
package main

import (
	"fmt"
	"os"

	"github.com/mmcdole/gofeed"
)

func main() {
	documents, items := 0, 0
	parser := gofeed.NewParser()
	for _, name := range os.Args[1:] {
		file, err := os.Open(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		feed, err := parser.Parse(file)
		file.Close()
		if err == nil {
			documents++
			items += len(feed.Items)
		}
	}
	fmt.Println(documents, "documents,", items, "items")
}
