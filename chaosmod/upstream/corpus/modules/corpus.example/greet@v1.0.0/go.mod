module corpus.example/greet

go 1.21

require corpus.example/words v1.0.0
