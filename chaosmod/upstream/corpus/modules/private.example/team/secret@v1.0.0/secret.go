// Package secret belongs to a company: no checksum database may hear of it.
package secret

// Word is the secret.
const Word = "swordfish"
