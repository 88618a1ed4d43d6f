// Package Case changes the case of letters. Its module path has capitals, which travel as !u and !c.
package Case

import (
	"strings"

	"corpus.example/shared"
)

// Upper returns s in upper case.
func Upper(s string) (string, error) {
	if s == "" {
		return "", shared.ErrEmpty
	}
	return strings.ToUpper(s), nil
}
