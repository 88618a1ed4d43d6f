module corpus.example/old

go 1.21
