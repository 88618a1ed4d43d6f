// Command big depends on a module of some MiB.
package main

import (
	"fmt"

	"corpus.example/big"
	"corpus.example/greet"
)

func main() {
	fmt.Println(greet.Hello(big.Name))
}
