// Package old is deprecated since v1.0.1.
package old

// Hello is what corpus.example/greet does better.
func Hello() string { return "hello" }
