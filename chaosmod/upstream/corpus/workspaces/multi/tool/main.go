// Command tool is the second module of the work space.
package main

import (
	"fmt"
	"os"

	"corpus.example/Upper/Case"
)

func main() {
	loud, err := Case.Lower("TOOL")
	if err != nil {
		os.Exit(1)
	}
	fmt.Println(loud)
}
