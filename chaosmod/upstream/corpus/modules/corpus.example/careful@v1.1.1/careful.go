// Package careful checks strings. Its version v1.1.0 is retracted.
package careful

import "errors"

// Check says what is wrong with s.
func Check(s string) error {
	if s == "" {
		return errors.New("empty")
	}
	return nil
}
