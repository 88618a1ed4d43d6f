// Package shared holds what several modules need.
package shared

import "errors"

// ErrEmpty is returned for an empty string.
var ErrEmpty = errors.New("empty string")
