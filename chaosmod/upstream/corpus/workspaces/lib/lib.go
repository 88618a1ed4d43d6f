// Package lib is a library: nothing in its module can be run.
package lib

import (
	"corpus.example/Upper/Case"
	"corpus.example/greet"
	"corpus.example/legacy"
)

// Shout greets name in capitals.
func Shout(name string) (string, error) {
	return Case.Upper(greet.Hello(name))
}

// Age tells how old the oldest part is.
func Age() string { return legacy.Age() }
