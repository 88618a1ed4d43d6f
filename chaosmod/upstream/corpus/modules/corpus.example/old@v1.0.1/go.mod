// Deprecated: use corpus.example/greet instead.
module corpus.example/old

go 1.21
