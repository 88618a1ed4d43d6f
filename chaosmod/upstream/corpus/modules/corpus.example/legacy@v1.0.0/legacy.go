// Package legacy is older than modules: it has no go.mod.
package legacy

// Age tells how old it is.
func Age() string { return "old" }
