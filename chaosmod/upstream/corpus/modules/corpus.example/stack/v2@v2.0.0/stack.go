// Package stack is a stack of strings that can be empty.
package stack

import (
	"errors"
)

// ErrEmpty is returned by Pop where there is nothing to take.
var ErrEmpty = errors.New("stack is empty")

// Stack holds strings, the last one on top.
type Stack []string

// Push puts s on top.
func (s *Stack) Push(v string) { *s = append(*s, v) }

// Pop takes the string on top.
func (s *Stack) Pop() (string, error) {
	if len(*s) == 0 {
		return "", ErrEmpty
	}
	v := (*s)[len(*s)-1]
	*s = (*s)[:len(*s)-1]
	return v, nil
}
