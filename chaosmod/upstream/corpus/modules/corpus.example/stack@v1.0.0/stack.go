// Package stack is a stack of strings.
package stack

// Stack holds strings, the last one on top.
type Stack []string

// Push puts s on top.
func (s *Stack) Push(v string) { *s = append(*s, v) }
