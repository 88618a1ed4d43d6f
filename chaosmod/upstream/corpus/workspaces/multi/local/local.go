// Package local is found by replace only: no proxy has it.
package local

// Name is whom to greet.
const Name = "local"
