// Package big comes with some MiB of data beside it.
package big

// Name is the name of the data file.
const Name = "blob.dat"
