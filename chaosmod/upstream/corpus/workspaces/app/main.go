// Command app greets its arguments, last one first.
package main

import (
	"fmt"
	"os"

	"corpus.example/Upper/Case"
	"corpus.example/greet"
	"corpus.example/stack/v2"
)

func main() {
	var names stack.Stack
	for _, name := range os.Args[1:] {
		names.Push(name)
	}
	names.Mirror()
	for {
		name, err := names.Pop()
		if err != nil {
			return
		}
		loud, err := Case.Upper(greet.Hello(name))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(loud)
	}
}
