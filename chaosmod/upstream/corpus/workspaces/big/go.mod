module big.example

go 1.21

require (
	corpus.example/big v1.0.0
	corpus.example/greet v1.2.0
)

require corpus.example/words v1.1.0 // indirect
