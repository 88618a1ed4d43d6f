module lib.example

go 1.21

require (
	corpus.example/Upper/Case v1.1.0
	corpus.example/greet v1.2.0
	corpus.example/legacy v2.1.0+incompatible
)

require (
	corpus.example/shared v1.0.0 // indirect
	corpus.example/words v1.1.0 // indirect
)
