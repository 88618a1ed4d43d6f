module corpus.example/stack

go 1.21
