// Command vendored carries its dependencies in vendor/.
package main

import (
	"fmt"

	"corpus.example/greet"
	"corpus.example/stack/v2"
)

func main() {
	var names stack.Stack
	names.Push("vendor")
	names.Mirror()
	fmt.Println(greet.Hello(names[0]))
}
