// Package greet says hello.
package greet

import "corpus.example/words"

// Hello returns a greeting for name.
func Hello(name string) string {
	return words.Join("hello,", name) + "!"
}
