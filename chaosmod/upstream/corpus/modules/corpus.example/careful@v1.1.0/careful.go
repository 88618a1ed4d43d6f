// Package careful checks strings. Its version v1.1.0 is retracted.
package careful

import "errors"

// Check says what is wrong with s.
func Check(s string) error {
	return errors.New("always wrong")
}
