// Package words joins words.
package words

import "strings"

// Join returns the words with a space between each two.
func Join(words ...string) string {
	return strings.Join(words, " ")
}
