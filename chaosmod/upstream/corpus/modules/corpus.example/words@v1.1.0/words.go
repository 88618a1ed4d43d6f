// Package words joins words.
package words

import "strings"

// Join returns the words with a space between each two.
func Join(words ...string) string {
	return strings.Join(words, " ")
}

// Title returns s with its first letter in upper case.
func Title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
