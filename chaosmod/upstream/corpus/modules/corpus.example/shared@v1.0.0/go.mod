module corpus.example/shared

go 1.21
