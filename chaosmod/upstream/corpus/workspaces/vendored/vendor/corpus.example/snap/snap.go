// Package snap was never tagged: it is known by a pseudo-version only.
package snap

// Reverse returns s with its bytes in reverse order.
func Reverse(s string) string {
	b := make([]byte, len(s))
	for i := range s {
		b[len(s)-1-i] = s[i]
	}
	return string(b)
}
