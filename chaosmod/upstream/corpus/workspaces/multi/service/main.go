// Command service uses a module of the corpus and a local one, by replace.
package main

import (
	"fmt"

	"corpus.example/greet"
	"multi.example/local"
)

func main() {
	fmt.Println(greet.Hello(local.Name))
}
